// Package bus is Parley's view of NATS: the streams that hold the chats, the
// guarded append, the durable consumers, the live feed, the services and the
// buckets. It is the only importer of nats.go, so every subject and every
// promise about acknowledgement is found here.
package bus
