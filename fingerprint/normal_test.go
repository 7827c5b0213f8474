package fingerprint

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMemorySize(t *testing.T) {
	for _, test := range []struct {
		text string
		want string
	}{
		{"8192 MB", "8 GB"}, {"8 GB", "8 GB"}, {"7.7 GiB", "8 GB"}, {"8589934592", "8 GB"}, {"8140000 kB", "8 GB"},
		{"6.9 GB", "8 GB"}, {"5.7 GB", "6 GB"}, {"1.5 GB", "1.5 GB"}, {"1400 MB", "1.5 GB"}, {"512 MB", "512 MB"},
		{"490 MB", "512 MB"}, {"760 MB", "768 MB"}, {"0.9 GB", "1 GB"}, {"125.6 GB", "128 GB"}, {"1.9 TB", "2048 GB"},
		{"8193 MB", "12 GB"}, {"plenty", "PLENTY"}, {"-1 GB", "-1 GB"}, {"1e30", "1E30"}, {"", ""},
	} {
		if have := normalize(Memory, test.text); have != test.want {
			t.Errorf("%q: have %q, want %q", test.text, have, test.want)
		}
	}
	for _, bytes := range []uint64{0, 1, 2, math.MaxUint64, math.MaxUint64 / 2, 1 << 62} {
		text := MemorySize(bytes)
		if have := normalize(Memory, text); have != text {
			t.Errorf("%d bytes: have %q of its own form %q", bytes, have, text)
		}
	}
}

func TestMemorySizeNeverBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.Uint64Range(1, 1<<50).Draw(t, "bytes")
		text := MemorySize(bytes)
		step, ok := parseSize(text)
		if !ok || step < bytes || step > 2*bytes+mebibyte {
			t.Fatalf("%d bytes: have %q, want a step from there to the double", bytes, text)
		}
		if have := MemorySize(step); have != text {
			t.Fatalf("the step %q: have %q, want itself", text, have)
		}
	})
}

func TestJunk(t *testing.T) {
	for _, test := range []struct {
		kind Kind
		junk []string
		good []string
	}{
		{MAC, []string{
			"", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "FF-FF-FF-FF-FF-FF", "01:00:5e:00:00:01", "00:50:56:c0:00:08",
			"0a:00:27:00:00:01", "02:42:ac:11:00:02", "52:54:00:12:34:56", "de:ad:be:ef:00:01", "00:11:22:33:44:55",
			"a8:a1:59", "a8:a1:59:3c:7e:12:00:00", "eth0", "None",
		}, []string{"a8:a1:59:3c:7e:12", "52:54:00:6b:3c:01", "02:fc:00:00:00:01", "00:15:5d:01:02:03", "00:0c:29:4f:aa:01"}},
		{SystemDrive, []string{
			"", "0", "00000000", "FFFFFFFF", "To Be Filled By O.E.M.", "to be filled by o.e.m", "Default string", "None",
			"Not Specified", "System Serial Number", "0123456789", "123456789", "QM00001", "QM00005", "overlayblk",
			"0000_0000_0000_0000.", "xxxxxxxx", "N/A", "drive-scsi0", "0QEMU    QEMU HARDDISK   drive-scsi0",
			"t10.ATA     QEMU HARDDISK                           QM00001", "0Google  PersistentDisk  persistent-disk-0",
		}, []string{"S5GXNX0T418273P", "WD-WX12345", "QM00001234", "E823_8FA6_BF53_0001_001B_448B_4A.", "VB1c2d3e4f-5a6b7c8d", "11009402B0870023"}},
		{Firmware, []string{
			"00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
			"03000200-0400-0500-0006-000700080009", "Not Settable", "Not Present",
		}, []string{"4C4C4544-0043-3010-8052-B4C04F564231"}},
		{Board, []string{"To be filled by O.E.M.", "System manufacturer", "  ", "Default string"}, []string{"ASRock / X570 Taichi"}},
		{Memory, []string{"", "0 MB"}, []string{"8 GB", "1 GB"}},
		{CPU, []string{"", "Unknown"}, []string{"GenuineIntel 6/140/1", "Apple M1"}},
		{Video, []string{"", "None"}, []string{"10de:2484 1043:87c1"}},
		{MachineID, []string{"uninitialized", "00000000000000000000000000000000"}, []string{"5b0f6d4e9a1c43b7a2d80c9e3f716b58"}},
	} {
		for _, id := range test.junk {
			if i := NewInstance(test.kind, id, "", Counts); i.Counts() {
				t.Errorf("%v %q: counts, want junk", test.kind, id)
			}
		}
		for _, id := range test.good {
			if i := NewInstance(test.kind, id, "", Counts); !i.Counts() {
				t.Errorf("%v %q: have %q, want it to count", test.kind, id, i.Excluded)
			}
		}
	}
}

func TestNormalFormIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := Kind(rapid.Uint8Range(0, 13).Draw(t, "kind"))
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9a-fA-F:.\- _]{0,40}`), rapid.StringMatching(`[0-9]{1,9}(\.[0-9]{1,3})? ?[kKmMgGtT]?i?[bB]?`)).Draw(t, "id")
		once := NewInstance(k, id, id, Reason(id))
		if twice := NewInstance(k, once.ID, once.Label, once.Excluded); twice != once {
			t.Fatalf("have %+v, want %+v", twice, once)
		}
	})
}

func TestNormalForms(t *testing.T) {
	for _, test := range []struct {
		kind     Kind
		id, want string
	}{
		{MAC, "A8-A1-59-3C-7E-12", "a8:a1:59:3c:7e:12"},
		{MAC, "a8a1.593c.7e12", "a8:a1:59:3c:7e:12"},
		{SystemDrive, "  wd-wx 12345 ", "WD-WX12345"},
		{SystemDrive, "E823_8FA6_BF53_0001_001B_448B_4A.", "E823_8FA6_BF53_0001_001B_448B_4A"},
		{Firmware, "{4C4C4544-0043-3010-8052-B4C04F564231}", "4c4c4544004330108052b4c04f564231"},
		{CPU, "GenuineIntel\t6/140/1\x00", "GENUINEINTEL 6/140/1"},
	} {
		if have := normalize(test.kind, test.id); have != test.want {
			t.Errorf("%v %q: have %q, want %q", test.kind, test.id, have, test.want)
		}
	}
}
