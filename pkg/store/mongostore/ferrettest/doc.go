// Package ferrettest runs mongostore's tests against a real server: the MongoDB
// that MONGO_URL names, or else FerretDB on SQLite in this process. It is a
// module of its own, which keeps FerretDB out of the product's dependencies.
//
//	cd pkg/store/mongostore/ferrettest && go test -race -timeout 20m ./...
//
// The command ferret in cmd starts the same server for experiments by hand and
// for tests of several processes:
//
//	go run ./cmd/ferret -addr 127.0.0.1:27017 -dir /tmp/ferret
package ferrettest
