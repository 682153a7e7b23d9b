// Command refuser stands in MongoDB's place and refuses every password, for those
// who want to see what Parley says then.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/parley-chat/parley/test/compose/internal/refuser"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:27017", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := refuser.Listen(*addr)
	if err == nil {
		fmt.Println(s.Addr())
		err = s.Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refuser:", err)
		os.Exit(1)
	}
}
