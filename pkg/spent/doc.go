// Package spent says what the language model may cost: how many calls and tokens one
// visitor, one address and everybody may use in a day, and whether one more call fits.
// It decides only; the counters are in pkg/bus, and the bot adds to them.
package spent
