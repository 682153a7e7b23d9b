// Command fleet runs Parley as many processes on one NATS server and one
// MongoDB-compatible server, has visitors talk through real WebSockets, and
// checks afterwards what was promised. It exits with 1 where a promise was
// broken. MONGO_URL, where it is set, is used instead of a server of its own; a
// new database is made in it and dropped at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
)

type plan struct {
	gateways, bots, escalations, histories int
	visitors, messages                     int
	drops                                  float64
	kill                                   bool
	killEvery                              time.Duration
	sync                                   string
	page, paged                            int
	limit                                  time.Duration
	keep                                   bool
}

func main() {
	var o plan
	flag.IntVar(&o.gateways, "gateways", 2, "how many gateways")
	flag.IntVar(&o.bots, "bots", 3, "how many bot workers")
	flag.IntVar(&o.escalations, "escalations", 2, "how many escalation workers")
	flag.IntVar(&o.histories, "histories", 2, "how many history workers")
	flag.IntVar(&o.visitors, "visitors", 200, "how many visitors")
	flag.IntVar(&o.messages, "messages", 20, "how many messages each visitor sends")
	flag.Float64Var(&o.drops, "drops", 0.05, "how likely a connection is lost after a burst, with messages under way: 0 to 1")
	flag.BoolVar(&o.kill, "kill", false, "kill -9 a process of Parley now and then, and start it again")
	flag.DurationVar(&o.killEvery, "kill-every", 2*time.Second, "how often, with -kill")
	flag.StringVar(&o.sync, "sync", "always", "when NATS syncs its files: always, or a time such as 100ms")
	flag.IntVar(&o.page, "page", 15, "how many events a page of the history has")
	flag.IntVar(&o.paged, "paged", 40, "how many visitors' whole histories are read back through a gateway; each page takes the server that the fleet brings along a second")
	flag.DurationVar(&o.limit, "limit", 20*time.Minute, "after how long all is given up")
	flag.BoolVar(&o.keep, "keep", false, "keep the folder with the logs")
	flag.Parse()
	os.Exit(run(o))
}

// run returns the exit code: 1 for a broken promise, 2 where it could not be
// tried.
func run(o plan) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	if err := errors.Join(o.check(), measure.Files(uint64(8*o.visitors+1024))); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		return 2
	}
	dir, err := os.MkdirTemp("", "parley-fleet-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		return 2
	}
	r, err := play(ctx, o, dir)
	if err == nil && len(r.wrong) == 0 && !o.keep {
		_ = os.RemoveAll(dir)
	} else {
		fmt.Println("The logs are in", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		return 2
	}
	r.print(os.Stdout)
	if len(r.wrong) > 0 {
		return 1
	}
	return 0
}

func (o plan) check() error {
	if min(o.gateways, o.bots, o.escalations, o.histories, o.visitors, o.messages) < 1 {
		return errors.New("at least one of each is needed")
	}
	if o.page < 1 || o.page > 200 {
		return errors.New("-page is a number from 1 to 200")
	}
	if !(o.drops >= 0 && o.drops <= 1) {
		return errors.New("-drops is a number from 0 to 1")
	}
	return nil
}
