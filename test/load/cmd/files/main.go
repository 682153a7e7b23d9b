// Command files measures what uploads cost others: it starts Parley as processes, has some visitors
// write texts, first alone and then beside many who send large files over slow lines, and reports
// how long texts take to be acknowledged and how much memory the gateway needs.
//
//	go run ./cmd/files
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// plan is what is measured.
type plan struct {
	uploads, size, line int
	writers             int
	each                time.Duration // between two texts of a writer
	alone               time.Duration
}

func main() {
	var p plan
	flag.IntVar(&p.uploads, "uploads", 50, "how many send a file at once")
	flag.IntVar(&p.size, "size", 10_000_000, "bytes of each file")
	flag.IntVar(&p.line, "line", 256<<10, "how many bytes a second each of their lines brings")
	flag.IntVar(&p.writers, "writers", 10, "how many write texts")
	flag.DurationVar(&p.each, "every", 200*time.Millisecond, "how often each of them does")
	flag.DurationVar(&p.alone, "alone", 30*time.Second, "how long nobody sends a file, before")
	flag.Parse()
	if err := run(p); err != nil {
		fmt.Fprintln(os.Stderr, "files:", err)
		os.Exit(1)
	}
}

func run(p plan) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := measure.Folder("", "parley-files-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program, err := proc.Parley(ctx, dir)
	if err != nil {
		return err
	}
	sys := system.New(system.Options{Program: program, Dir: dir, Gateways: 1, Bots: 1, Escalations: 1, Histories: 1, Store: system.SQLite, Sync: "100ms", Env: []string{"RATE_PER_CONNECTION=1000"}})
	defer sys.Stop()
	if err := sys.Start(ctx); err != nil {
		return err
	}
	crowd := newCrowd(ctx, sys.Gateways, p.writers+p.uploads)
	defer crowd.leave()
	if err := crowd.welcomed(ctx); err != nil {
		return err
	}
	before := gateway(sys.Memory())
	alone, err := crowd.write(ctx, p, func() bool { return false }, p.alone)
	if err != nil {
		return err
	}
	idle := gateway(sys.Memory())

	var most atomic.Uint64
	var failed atomic.Int64
	var sending sync.WaitGroup
	over := make(chan struct{})
	content := visitor.Content(rand.New(rand.NewPCG(1, 1)), p.size)
	began := time.Now()
	for _, v := range crowd.all[p.writers:] {
		sending.Go(func() {
			if _, ok := v.UploadSlowly(ctx, content, p.line); !ok {
				failed.Add(1)
			}
		})
	}
	go func() {
		sending.Wait()
		close(over)
	}()
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		for {
			most.Store(max(most.Load(), gateway(sys.Memory())))
			select {
			case <-over:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	beside, err := crowd.write(ctx, p, func() bool {
		select {
		case <-over:
			return true
		default:
			return false
		}
	}, time.Hour)
	<-watching
	if err != nil {
		return err
	}
	lasted := time.Since(began)
	measure.Table(os.Stdout,
		"texts\tacknowledged: p50\tp99\tlongest\tof",
		row("alone", alone), row(fmt.Sprintf("beside %d uploads", p.uploads), beside))
	a, b := measure.Quantile(alone, .99), measure.Quantile(beside, .99)
	fmt.Printf("\np99 beside uploads: %.2f times\n%d files of %.1f MB in %v, %d failed\nthe gateway's memory: %d MB with all connected, %d MB after texts alone, %d MB at most with uploads\n",
		float64(b)/float64(a), p.uploads, float64(p.size)/1e6, lasted.Round(time.Second), failed.Load(), before>>20, idle>>20, most.Load()>>20)
	return nil
}

func row(what string, all []time.Duration) string {
	return fmt.Sprintf("%s\t%v\t%v\t%v\t%d", what, measure.Quantile(all, .5).Round(10*time.Microsecond), measure.Quantile(all, .99).Round(10*time.Microsecond), slices.Max(all).Round(10*time.Microsecond), len(all))
}

// gateway is the memory of the only one.
func gateway(memory map[string]uint64) (n uint64) {
	for name, bytes := range memory {
		if len(name) >= len(system.Gateway) && name[:len(system.Gateway)] == system.Gateway {
			n += bytes
		}
	}
	return n
}

// crowd are visitors who are connected.
type crowd struct {
	all     []*visitor.Visitor
	running sync.WaitGroup
}

func newCrowd(ctx context.Context, gateways func() []string, n int) *crowd {
	c := &crowd{}
	for i := range n {
		v := visitor.New(visitor.Options{Name: fmt.Sprint("Ada ", i), Gateways: gateways, Header: wire.Forwarded(wire.Crowd, i), Rand: rand.New(rand.NewPCG(7, uint64(i)))})
		c.all = append(c.all, v)
		c.running.Go(func() { _ = v.Run(ctx) })
	}
	return c
}

func (c *crowd) leave() {
	for _, v := range c.all {
		v.Leave()
	}
	c.running.Wait()
}

func (c *crowd) welcomed(ctx context.Context) error {
	for _, v := range c.all {
		if err := v.Await(ctx, "its welcome", visitor.Seen.CaughtUp); err != nil {
			return err
		}
	}
	return nil
}

// write has the writers write until it is over, or for so long, and returns how long texts took to
// be acknowledged.
func (c *crowd) write(ctx context.Context, p plan, over func() bool, most time.Duration) (all []time.Duration, err error) {
	var mu sync.Mutex // guards the results
	var writing sync.WaitGroup
	end := time.Now().Add(most)
	for i, v := range c.all[:p.writers] {
		writing.Go(func() {
			wire.Wait(ctx, p.each*time.Duration(i)/time.Duration(p.writers))
			for time.Now().Before(end) && !over() && ctx.Err() == nil {
				began := time.Now()
				v.Send("How do I put the chat on my own site?")
				no := v.Await(ctx, "an acknowledgment", visitor.Seen.Acked)
				took := time.Since(began)
				mu.Lock()
				all = append(all, took)
				if no != nil {
					err = no
				}
				mu.Unlock()
				wire.Wait(ctx, p.each)
			}
		})
	}
	writing.Wait()
	return all, err
}
