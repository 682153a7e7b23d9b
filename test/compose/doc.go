// Package compose holds docker-compose.yml and the Dockerfile to account. Its
// tests read them with the library of `docker compose`, check them against each
// other and against the program, and are shown faults that they must find.
//
// The command in cmd/up goes further where a Docker engine is at hand: it builds
// the image, brings the file up, and has people talk while containers die.
package compose
