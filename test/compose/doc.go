// Package compose checks docker-compose.yml and the Dockerfile. Its tests read them with
// the library of `docker compose` and check them against each other and against the
// program; other tests show that they find faults.
//
// If there is a Docker engine, the command in cmd/up goes further: it builds the image,
// brings the file up, and makes visitors talk while containers die.
package compose
