// Package historyworker is the role that moves chats from the streams to the store and
// answers for both: its calls find an accepted event at once, whether it is in the
// store, only in the stream, or no longer in the stream. Any number of replicas may
// run on one store.
package historyworker
