// Package pipeline is the smallest system of Parley's shape, to compare Parley with: a
// gateway, a NATS server with file storage and a worker, each a process. The gateway
// stores a visitor's message and confirms it once the stream acknowledged it; the worker
// pulls it, stores a reply and acknowledges; everybody sees what the stream republished
// after it was stored. Nothing else is done: no limits, no identities, no state, no
// checks, no history, and no second replica. What it costs is what the shape itself costs.
//
// It speaks as much of Parley's protocol as a turn needs, so that the same clients
// measure both.
package pipeline
