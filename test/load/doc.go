// Package load holds tools that put a real Parley under load and check its promises
// from outside: they share no code with it. They are a module of their own, so that
// their dependencies stay out of the product's.
//
//	go run ./cmd/bench      turns a second and how long a turn takes, as a ratio to the least that could do it
//	go run ./cmd/torture    a whole system, with faults injected: every promise checked
//	go run ./cmd/regions    two or three regions, far apart, and cuts between them
//	go run ./cmd/desk       50 agents, 500 chats: everybody takes everything, and chats are assigned while replicas die
//	go run ./cmd/overload   ten times what can be answered: memory, and who is still served
//	go run ./cmd/hostile    one stranger who wants everything: what it gets, and how others fare
//	go run ./cmd/idle       memory per connected socket
//
// Each one starts what it needs on free ports of the loopback interface, in a
// temporary folder, and ends by itself.
package load
