package exchange

import (
	"os"
	"slices"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/protector"
)

// What customers do.

// install puts the program on a machine and enters a serial number.
func (w *world) install() {
	if len(w.licenses) == 0 || len(w.installs) >= 6 {
		w.t.Skip("nothing to install")
	}
	in := &installation{dir: w.newDir(), machine: w.pick(len(w.machines), "machine"), license: w.pick(len(w.licenses), "license")}
	for _, other := range w.installs {
		if other.machine == in.machine && other.license == in.license {
			w.t.Skip("installed there already")
		}
	}
	w.begin(in)
	w.installs = append(w.installs, in)
}

// begin enters the serial number in a program that was just installed.
func (w *world) begin(in *installation) {
	in.fresh(w.now)
	c := w.client(in)
	defer c.Close()
	_, err := c.EnterSerial(w.licenses[in.license].Serial.String())
	w.must(err)
}

// wipe installs anew on the same machine. A confirmation that was not read is lost, or
// read by a customer who does not know what it ends.
func (w *world) wipe(in *installation) {
	if len(in.unread) > 0 {
		w.seatOf(in).doubt = true
	}
	w.must(os.RemoveAll(in.dir))
	w.begin(in)
}

// clone copies an installation's state into a backup that comes back later beside it.
func (w *world) clone() {
	in := w.some()
	if len(w.installs) >= 6 || !w.rarely(3, "really") {
		w.t.Skip("enough installations")
	}
	other := in.twin(w.newDir())
	w.must(os.CopyFS(other.dir, os.DirFS(in.dir)))
	in.copied, other.copied = true, true
	w.seatOf(in).doubt = true
	w.installs = append(w.installs, other)
}

// request makes a request code, and demands the same one as long as it counts.
func (w *world) request(in *installation, c *protector.Client, id uint8) string {
	another := w.rarely(3, "new")
	showing := in.showing(id, w.now)
	r, err := c.Request(id, protector.RequestOptions{New: another})
	w.must(err)
	code := r.Code.String()
	if have, want := code == showing, showing != "" && !another; have != want {
		w.t.Fatalf("request for %d on machine %d: have %s again: %v, want %v", id, in.machine, code, have, want)
	}
	if _, before := in.waiting[code]; !before {
		in.asks++
		in.waiting[code] = asked{id, in.asks, slices.Clone(in.path), w.now}
		w.dropOldest(in, id)
	}
	return code
}

// dropOldest keeps eight requests of a definition.
func (w *world) dropOldest(in *installation, id uint8) {
	var oldest string
	n := 0
	for code, a := range in.waiting {
		if a.definition != id {
			continue
		}
		n++
		if oldest == "" || a.place < in.waiting[oldest].place {
			oldest = code
		}
	}
	if n > 8 {
		delete(in.waiting, oldest)
	}
}

// askWrongly asks for what the state does not allow.
func (w *world) askWrongly(in *installation) {
	c := w.client(in)
	defer c.Close()
	id := uint8(reactivate)
	if in.deactivated {
		id = rapid.SampledFrom([]uint8{release, feature, fonts, composite}).Draw(w.t, "definition")
	}
	if r, err := c.Request(id, protector.RequestOptions{}); err == nil {
		w.t.Fatalf("request for %d, deactivated=%v: have %s, want it refused", id, in.deactivated, r.Code)
	}
}

// typeOld types any answer ever given into any installation.
func (w *world) typeOld(in *installation) {
	if len(w.answers) == 0 {
		w.t.Skip("no answers yet")
	}
	c := w.client(in)
	defer c.Close()
	w.enter(in, c, w.answers[w.pick(len(w.answers), "answer")])
}

// typeNewest types the newest answer that an installation waits for.
func (w *world) typeNewest(in *installation) {
	for _, a := range slices.Backward(w.licenses[in.license].answers) {
		if _, waits := in.waiting[a.request]; waits {
			c := w.client(in)
			defer c.Close()
			w.enter(in, c, a)
			return
		}
	}
	w.t.Skip("no answer waits to be typed")
}

// enter types an answer and demands what must come of it.
func (w *world) enter(in *installation, c *protector.Client, a *answer) {
	ask, fits := in.waiting[a.request]
	want := fits && typable(a, w.now)
	if a.definition == fonts { // bound to the machine, not to the request
		here := a.machine == in.machine && a.license == in.license
		_, on := in.active[fonts]
		already := in.fonts == a.code && on
		want = here && !in.deactivated && (already || !over(a.last, w.now))
	}
	got, err := c.Enter(a.code)
	switch {
	case want && err != nil:
		w.t.Fatalf("answer with definition %d on machine %d: have error %v, want it accepted", a.definition, in.machine, err)
	case !want && err == nil && !got.Already:
		w.t.Fatalf("answer with definition %d on machine %d: have it accepted, want it refused", a.definition, in.machine)
	case want && a.definition == fonts && !got.Already:
		w.acceptFonts(in, a)
	case want && a.definition != fonts:
		w.accept(in, ask, a)
	}
	w.compare(in, c)
}

// acceptFonts is what an accepted reusable answer does: the key stays.
func (w *world) acceptFonts(in *installation, a *answer) {
	in.fonts = a.code
	in.bring(fonts, a.value, w.now)
	for r, o := range in.waiting {
		if o.definition == fonts {
			delete(in.waiting, r)
		}
	}
}

// accept is what an accepted answer does.
func (w *world) accept(in *installation, ask asked, a *answer) {
	for r, o := range in.waiting { // older requests for the same are given up
		if o.definition == ask.definition && o.place <= ask.place {
			delete(in.waiting, r)
		}
	}
	if a.definition == recovery {
		return
	}
	if a.code != in.newest {
		w.seatOf(in).doubt = true // typed late: the desk may see an earlier state
	}
	if in.line == "" || a.apart { // an activation of its own
		in.line = a.code
	}
	in.path = append(slices.Clone(ask.path), a.code)
	in.unread = nil // an answer to a request of now proves that they were read
	if _, on := in.ended[feature]; on && a.definition == reactivate {
		in.options = a.code
	}
	if _, on := parts(a.definition, a.value)[feature]; on {
		in.options = a.code
	}
	if a.definition == reactivate {
		in.active, in.ended, in.deactivated = in.ended, nil, false
		return
	}
	in.bring(a.definition, a.value, w.now)
}

// comeBack lets a machine that was declared gone go on.
func (w *world) comeBack() {
	for _, in := range w.installs {
		l := w.licenses[in.license]
		out := slices.ContainsFunc(l.answers, func(a *answer) bool { _, waits := in.waiting[a.request]; return a.gone && waits })
		if (l.gone[in.key()] || out) && rapid.Bool().Draw(w.t, "this one") {
			if w.rarely(3, "later") {
				w.later()
			}
			rapid.SampledFrom([]func(*installation){w.ask, w.handIn, w.giveBack, w.typeNewest}).Draw(w.t, "does")(in)
			return
		}
	}
	w.t.Skip("none comes back")
}

// handIn gives the feature back and nothing else.
func (w *world) handIn(in *installation) {
	c := w.client(in)
	defer c.Close()
	d, err := c.CheckIn(checkIn, func(protector.Warning) bool { return true })
	if _, on := in.active[feature]; !on {
		if err == nil {
			w.t.Fatal("check-in of what is not active: have it done, want it refused")
		}
		return
	}
	w.must(err)
	delete(in.active, feature)
	w.shows(in, d.Code.String(), true)
	w.compare(in, c)
}

// giveBack deactivates.
func (w *world) giveBack(in *installation) {
	c := w.client(in)
	defer c.Close()
	d, err := c.Deactivate(deactivate, func(protector.Warning) bool { return true })
	if _, on := in.active[release]; !on {
		if err == nil {
			w.t.Fatal("deactivation of a copy that is not active: have it done, want it refused")
		}
		return
	}
	w.must(err)
	in.active, in.ended, in.deactivated = map[uint8]grant{}, in.active, true
	w.shows(in, d.Code.String(), false)
	in.line = ""
	w.compare(in, c)
}

// shows is what follows when a confirmation is shown: it is read out now, or later.
func (w *world) shows(in *installation, code string, checkIn bool) {
	l := w.licenses[in.license]
	l.unread[code] = confirmation{in.machine, in.line, slices.Clone(in.path), checkIn, in.options}
	if l.gone[in.key()] {
		l.gone[code] = checkIn
	}
	in.giveUp()
	in.path = append(in.path, code)
	in.unread = append(in.unread, code)
	if rapid.Bool().Draw(w.t, "read out at once") {
		w.readOut(l, code)
	}
}
