// Package meter counts what the language model costs, in counters that all replicas of the
// bot share, and refuses the calls that are beyond a ceiling.
//
// A call is counted before it is made, with as many tokens as it can need; what it did need
// corrects that afterward. So no number of replicas can spend more than a ceiling says. What
// is uncertain counts: a call whose replica died counts in full, and again where another
// replica repeats it; so does an answer that was dropped because somebody else wrote first.
// Each of them cost money, too.
//
// While the counters don't answer, no call is made: the bot quotes its pages, as beyond a
// ceiling, and asks for the counters again after some seconds. Without any ceiling calls are
// made all the same.
package meter
