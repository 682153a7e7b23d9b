// Command allocations runs the registered benchmarks of the hot paths, briefly, and
// compares what each operation allocates with test/allocations/allocations.txt. Times are
// not compared: they depend on the machine, and on what else it does; allocations hardly do.
//
//	go run ./test/allocations           # compare, as CI does
//	go run ./test/allocations -accept   # write down today's figures
//
// To register a benchmark, add a line with its package and its name to the file, and run it
// with -accept, which adds the figures of the benchmark and of those inside it. A line that
// is taken out of the file then takes that benchmark out. Benchmarks that are registered do the same work in each iteration, call b.ReportAllocs, loop with
// b.Loop, and take less than a second for two hundred iterations.
package main
