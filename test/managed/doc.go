// Package managed tests Parley on a NATS that somebody else runs: a server in operator
// mode, with accounts that have limits, users who come with credentials, and JWTs that
// expire.
package managed
