package journal

import "time"

// timeForm is the form of a leaf's time, in UTC, as package time has it. That package takes any form; what follows
// takes this one, in a quarter of the time.
const timeForm = "2006-01-02T15:04:05.000000Z"

// timeFields are the numbers of timeForm, in the order of time.Date: where each begins, and how long it is.
var timeFields = [...]struct{ at, digits int }{{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}, {20, 6}}

// appendTime appends a time of the years 0 to 9999 in timeForm.
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	from := len(b)
	b = append(b, timeForm...)
	form := b[from:]
	for i, n := range [...]int{year, int(month), day, hour, minute, second, t.Nanosecond() / 1000} {
		f := timeFields[i]
		for j := f.at + f.digits - 1; j >= f.at; j-- {
			form[j] = byte('0' + n%10)
			n /= 10
		}
	}
	return b
}

// parseTime reads what appendTime writes, and nothing else.
func parseTime(s string) (t time.Time, ok bool) {
	if len(s) != len(timeForm) {
		return t, false
	}
	var n [len(timeFields)]int
	for i, f := range timeFields {
		for _, c := range []byte(s[f.at : f.at+f.digits]) {
			n[i] = 10*n[i] + int(c-'0') // no digit: what is written again differs
		}
	}
	t = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1000, time.UTC)
	var again [len(timeForm)]byte
	return t, string(appendTime(again[:0], t)) == s
}
