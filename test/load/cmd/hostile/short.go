package main

import "time"

// hurried are settings with which a few seconds are enough: an attacker may send as many
// frames as its sockets carry.
var hurried = []string{"RATE_PER_CONNECTION=200", "RATE_PER_ADDRESS=2000"}

// small returns the attack for a run of some seconds: less of it, against smaller shares.
func small(a attack) attack {
	switch a.name {
	case crowdAttack.name:
		a.size = 100 // as many as may come within seconds
	case seatsAttack.name:
		a.size, a.env = 40, []string{"MAX_CONNECTIONS=40"}
	case bytesAttack.name:
		a.env = append([]string{"BYTES_PER_ADDRESS=4MB"}, hurried...)
	case readsAttack.name: // most of what it hears is live copies, which are no reads
		a.env = hurried
	case namesAttack.name, lineAttack.name:
		a.size, a.env = 300, hurried
	case modelAttack.name, chattyAttack.name:
		a.thinks, a.env = 4*time.Second, hurried
	}
	return a
}
