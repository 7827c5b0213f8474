package activator

// Label says which state of a machine a genuine code comes from. A code is
// tagged under the machine's current key, and that key changes with every
// accepted answer and every deactivation, so the tag alone tells how old the
// machine's memory is.
type Label string

// The labels of genuine codes, in the order in which they are looked at, and the
// two of codes that are not.
const (
	// Current: the newest answer issued for that machine, or the license key
	// where nothing was issued for it.
	Current Label = "current"
	// Superseded: a newer answer was issued for that machine, but nothing keyed
	// under it was ever seen; it was probably never typed.
	Superseded Label = "superseded"
	// Earlier: a later state of that machine was already seen in use. The disk
	// was restored from a backup, or an old answer was typed late.
	Earlier Label = "earlier"
	// GivenBack: a deactivation under this state was accepted.
	GivenBack Label = "given back"
	// Void: issued, never seen in use, and closed by a later accepted deactivation.
	Void Label = "void"
	// Gone: the desk released the machine without proof.
	Gone Label = "gone"
	// LicenseOnly: the machine knows nothing but its serial number although
	// something was issued for it: a reinstall, or a copy.
	LicenseOnly Label = "license only"

	// NotGenuine: the tag fits no state of the license that is known here.
	NotGenuine Label = "not genuine"
	// Unknown: the code was not judged, for the reason that its checks give.
	Unknown Label = ""
)
