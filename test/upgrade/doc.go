// Package upgrade tests that this version goes on with what earlier ones wrote. Each folder
// in testdata was written by one of them, with everything that Parley keeps: streams and
// buckets of NATS, and the SQLite file. A folder is made with
//
//	go run ./test/upgrade/cmd/write -to test/upgrade/testdata/NAME
//
// when a stored layout changes, by the last version that has the old one, and is never
// changed afterward: see docs/decisions/0043.
package upgrade
