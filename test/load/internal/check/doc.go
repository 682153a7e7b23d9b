// Package check holds a run's history to what Parley promises. It is given what
// every client did and was told, and what the streams and the store held at the
// end, and tells what was broken, each with the few entries that show it. It
// knows the protocol and nothing of Parley's code.
//
// What it relies on:
//
//   - A client records what it sends before it writes the frame, and what it is
//     told after it read the frame. So an acknowledgement that is recorded before
//     a hello came before that hello.
//   - A client keeps to docs/protocol.md: it sends again in the old order, and
//     says since with the last sequence that it saw.
//   - The streams and the store are read when the system has come to rest.
//
// The log of a chat is what the stream and the store hold together. What a client
// was told of that neither of them holds is kept apart: it is reported as lost
// once, and is no reason to accuse those who were not told.
package check
