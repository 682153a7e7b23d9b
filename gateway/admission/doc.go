// Package admission decides what may come in: connections, frames, and what
// visitors and agents want to have stored. Every limit of the gateway stands here
// with the sentence that its refusal says; package limit has the tools.
//
// Admission is the gateway's, a Client is one connection's, a Visitor one
// visitor's. Control decides whom to refuse while the bot has more to answer than it
// can; it is pure.
package admission
