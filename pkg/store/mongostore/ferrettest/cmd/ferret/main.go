// Command ferret starts a MongoDB-compatible server for experiments by hand and
// for tests of several processes. It prints its URL and ends on SIGTERM. It is
// too slow, and not safe enough, for anything else.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/parley-chat/parley/pkg/store/mongostore/ferrettest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; the port 0 takes a free one")
	dir := flag.String("dir", "ferret-data", "folder for the files")
	flag.Parse()
	if err := run(*addr, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}

func run(addr, dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	s, err := ferrettest.Start(dir, addr)
	if err != nil {
		return err
	}
	fmt.Println(s.URI())
	<-ctx.Done()
	return s.Close()
}
