// Package check compares a run's history with what Parley promises. From what every
// client sent and received, and what the streams and the store held at the end, it
// finds the broken promises, each with the few entries that show it. It knows the
// protocol and nothing of Parley's code.
//
// It relies on this:
//
//   - A client records a frame before it sends it, and after it has read it. So an
//     acknowledgment that is recorded before a hello came before that hello.
//   - A client follows docs/protocol.md: it resends in the old order, and its since
//     is the last sequence that it saw.
//   - The streams and the store are read when the system has come to rest.
//
// The log of a chat is what the stream and the store hold together. An event that a
// client received and neither of them holds is kept apart: it is reported as lost,
// once, and clients that did not receive it are not blamed.
package check
