// Package crashload has eight processes work on one journal while one of them is killed every second. A model, a map
// in memory that is fed by what they reported, says what each must answer. It has tests alone.
package crashload
