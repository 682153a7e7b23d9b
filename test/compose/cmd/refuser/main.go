// Command refuser exists only because no MongoDB image can be pulled on some machines: it
// takes MongoDB's place and refuses every password, to show what Parley reports then.
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
