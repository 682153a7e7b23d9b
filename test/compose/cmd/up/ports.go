package main

import (
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"net"
)

// freePorts returns two consecutive free loopback ports, below those that systems give
// to outgoing connections.
func freePorts() (ports [2]int, err error) {
	for range 200 {
		first := 15000 + mrand.IntN(16000)
		if free(first) && free(first+1) {
			return [2]int{first, first + 1}, nil
		}
	}
	return ports, errors.New("find free ports: too many are taken")
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}
