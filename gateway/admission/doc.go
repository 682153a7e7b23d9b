// Package admission decides who may speak while the bot has more to answer than
// it can. It is pure: it is told what was seen, and asked what follows.
package admission
