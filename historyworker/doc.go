// Package historyworker is the role that moves chats from the streams to the
// store and answers for both: what was accepted is found by its calls at once,
// whether it is in the store yet, still only in the stream, or in the stream no
// more. Any number of replicas may run on one store.
package historyworker
