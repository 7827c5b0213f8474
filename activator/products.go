package activator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// What the journal keeps of product files, in the detail of its entries:
//
//	file SHA-256                          a file was met that the journal did not know
//	export SERIAL SHA-256\nDEFINITIONS    a profile was exported; the definitions in canonical form
type productRecord struct {
	read     bool
	digest   string               // of the file that the journal met last
	serial   uint64               // of the last export, 0 for none
	exported []product.Definition // of the last export
}

// record reads what the journal knows of a product's file.
func (d *Desk) record(ctx context.Context, uid codes.UID) (productRecord, error) {
	d.mu.Lock()
	rec := d.recorded[uid]
	d.mu.Unlock()
	if rec.read {
		return rec, nil
	}
	rec.read = true
	for e, err := range d.store.Entries(ctx, journal.Query{Newest: true, Kinds: []journal.Kind{journal.KindProduct}, Product: uid}) {
		if err != nil {
			return rec, err
		}
		head, rest, _ := strings.Cut(e.Detail, "\n")
		words := strings.Fields(head)
		switch {
		case len(words) == 2 && words[0] == "file":
			if rec.digest == "" {
				rec.digest = words[1]
			}
			continue
		case len(words) == 3 && words[0] == "export":
			if rec.digest == "" {
				rec.digest = words[2]
			}
			if rec.serial, err = strconv.ParseUint(words[1], 10, 64); err != nil {
				return rec, fmt.Errorf("journal: entry %v: export without a number", e.ID)
			}
			if rec.exported, err = product.ParseDefinitions([]byte(rest)); err != nil {
				return rec, fmt.Errorf("journal: entry %v: %w", e.ID, err)
			}
		default:
			return rec, fmt.Errorf("journal: entry %v about a product was not written by this version", e.ID)
		}
		break
	}
	d.keep(uid, rec)
	return rec, nil
}

func (d *Desk) keep(uid codes.UID, rec productRecord) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recorded[uid] = rec
}

// Product finds a product of the catalogue by its file's name or its uid.
func (d *Desk) Product(nameOrUID string) (*catalog.Product, error) {
	return d.catalog.Product(nameOrUID)
}

// product finds the product of a license, nil if it has no file. A file that
// breaks what was exported is an error: its codes would not be understood.
func (d *Desk) product(ctx context.Context, uid codes.UID) (*catalog.Product, error) {
	p, err := d.catalog.Product(uid.String())
	if errors.Is(err, catalog.ErrUnknownProduct) {
		for _, broken := range d.catalog.Broken() { // perhaps the one we look for: it tells no uid
			return nil, fmt.Errorf("no product file has uid %v, and one cannot be read: %w", uid, broken)
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p, d.frozen(ctx, p)
}

// frozen refuses a product file that changes what an exported profile promised.
func (d *Desk) frozen(ctx context.Context, p *catalog.Product) error {
	rec, err := d.record(ctx, p.UID)
	if err != nil || rec.serial == 0 {
		return err
	}
	return p.CompareExported(rec.exported)
}

// CheckProduct judges a product file against what was exported of it before.
func (d *Desk) CheckProduct(ctx context.Context, p *catalog.Product) error { return d.frozen(ctx, p) }

// productEntry is the entry that a changed product file needs before it is used.
func (d *Desk) productEntry(p *catalog.Product) (journal.Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var buf [2 * sha256.Size]byte
	digest := hex.AppendEncode(buf[:0], p.Digest[:])
	if d.recorded[p.UID].digest == string(digest) {
		return journal.Entry{}, false
	}
	return journal.Entry{Kind: journal.KindProduct, Verdict: journal.OK, Product: p.UID, Detail: "file " + string(digest)}, true
}

func (d *Desk) productRecorded(p *catalog.Product) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rec := d.recorded[p.UID]
	rec.digest = hex.EncodeToString(p.Digest[:])
	d.recorded[p.UID] = rec
}

// Export makes the signed product profile that ships inside the program. It fills
// the pool of licenses up to the product's size first, so that the profile's
// roster vouches for licenses that will be sold after it.
func (s *Session) Export(ctx context.Context, nameOrUID string) ([]byte, *product.Profile, error) {
	if err := s.may(ActExport); err != nil {
		return nil, nil, err
	}
	d := s.desk
	p, err := d.Product(nameOrUID)
	if err != nil {
		return nil, nil, err
	}
	if err := d.frozen(ctx, p); err != nil {
		return nil, nil, err
	}
	rec, err := d.record(ctx, p.UID)
	if err != nil {
		return nil, nil, err
	}
	k, err := d.keys()
	if err != nil {
		return nil, nil, err
	}
	today, err := codes.DayOf(d.now())
	if err != nil {
		return nil, nil, fmt.Errorf("this computer's clock is wrong: %w", err)
	}
	if err := s.fillPool(ctx, p); err != nil {
		return nil, nil, err
	}
	profile := p.Profile()
	profile.Vendor, profile.Anchor, profile.Keys, profile.Refused = k.Vendor(), k.Anchor(), k.CodesPublicKeys(), k.RevokedEpochs()
	if profile.Signers, err = k.FormerSigners(); err != nil {
		return nil, nil, err
	}
	profile.SignedOn, profile.Serial = today, rec.serial+1
	if err := d.roster(ctx, k, p.UID, profile); err != nil {
		return nil, nil, err
	}
	profile.Normalize()
	signed, err := product.Sign(profile, k.ProfileSigner(), k.FormerProfileSigners()...)
	if err != nil {
		return nil, nil, err
	}
	detail := fmt.Sprintf("export %d %x\n%s", profile.Serial, p.Digest, product.FormatDefinitions(profile.Definitions))
	e := journal.Entry{At: d.now(), Kind: journal.KindProduct, Verdict: journal.OK, Product: p.UID, Detail: detail}
	if _, err := s.append(ctx, nil, nil, s.stamp(e, d.salt())); err != nil {
		return nil, nil, err
	}
	d.keep(p.UID, productRecord{})
	return signed, profile, nil
}

// fillPool draws licenses ahead, up to the size of the product's pool.
func (s *Session) fillPool(ctx context.Context, p *catalog.Product) error {
	d := s.desk
	k, err := d.keys()
	if err != nil {
		return err
	}
	for range attempts {
		facts, err := d.store.Facts(ctx, journal.Wanted{Pool: &journal.PoolWanted{Product: p.UID, Epoch: k.Epoch(), Count: 1}})
		if err != nil {
			return err
		}
		missing := p.Pool - facts.PoolSize
		if missing <= 0 {
			return nil
		}
		fresh, err := d.drawNumbers(ctx, missing)
		if err != nil {
			return err
		}
		e := journal.Entry{
			At: d.now(), Kind: journal.KindPool, Verdict: journal.OK, Product: p.UID,
			Effects: []journal.Effect{journal.AddPool{Product: p.UID, Numbers: fresh}},
		}
		if _, err := s.append(ctx, facts, nil, s.stamp(e, d.salt())); !isRace(err) {
			return err
		}
	}
	return fmt.Errorf("other desks drew licenses %d times meanwhile: try again", attempts)
}

// roster lists the vouches of all licenses, sold and drawn ahead, and the hashes
// of those that were revoked or refunded. Revoked epochs are refused as a whole. What was
// drawn ahead in a former epoch is not sold any more, so nobody vouches for it, unless a
// log whose end is lost may have sold it.
func (d *Desk) roster(ctx context.Context, k *keyring.Keyring, uid codes.UID, into *product.Profile) error {
	head, err := d.store.Head(ctx)
	if err != nil {
		return err
	}
	vouch := func(n codes.LicenseNumber) error {
		if into.RefusesEpoch(n) {
			return nil
		}
		lk, err := d.licenseKey(uid, n)
		if err != nil {
			return err
		}
		into.Roster = append(into.Roster, lk.Vouch(uid, n))
		return nil
	}
	snap, err := d.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	if err := snap.Pool(func(row journal.PoolRow) error {
		if row.Product != uid || row.Number.Epoch() != k.Epoch() && row.Entry.Log() == head.Log {
			return nil
		}
		return vouch(row.Number)
	}); err != nil {
		return err
	}
	return snap.Licenses(func(l journal.LicenseRow) error {
		if l.Product != uid {
			return nil
		}
		if l.State != journal.Live && !into.RefusesEpoch(l.Number) {
			into.Sunset = append(into.Sunset, product.SunsetHash(uid, l.Number))
		}
		return vouch(l.Number)
	})
}

// LicenseFile makes the signed license file of a license, NAME.license.
func (s *Session) LicenseFile(l *License) ([]byte, error) {
	if err := s.may(ActRegister); err != nil {
		return nil, err
	}
	d := s.desk
	p, err := d.Product(l.Product.String())
	if err != nil {
		return nil, err
	}
	key, err := d.printedKey(l.Product, l.Number)
	if err != nil {
		return nil, err
	}
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	today, err := codes.DayOf(d.now())
	if err != nil {
		return nil, fmt.Errorf("this computer's clock is wrong: %w", err)
	}
	return product.SignLicense(&product.License{
		UID: l.Product, Product: p.ID, Customer: l.Customer, Order: l.Order, Number: l.Number, Key: key, Seats: l.Seats,
		Grants: l.Grants, Release: p.Release, Test: p.Test, SignedOn: today,
	}, k.ProfileSigner(), k.FormerProfileSigners()...)
}
