package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
	"github.com/parley-chat/parley/test/load/internal/world"
)

const (
	// times is how often each thing is done for a row.
	times = 100
	// idle is how long nothing is done, to see what crosses then.
	idle = 10 * time.Second
	// chats and watched are the chats of the first region, and those that are watched from the
	// second one, while two messages are written in each.
	chats, watched = 1000, 10
)

func secret() string { return "claim:" + rand.Text() + rand.Text() }

// row is one line of the figures.
type row struct {
	name              string
	acks, said, shown []time.Duration
}

func (r row) String() string {
	return fmt.Sprintf("%s\t%s\t%s\t%s", r.name, spread(r.acks), spread(r.said), spread(r.shown))
}

func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "\t"
	}
	ms := func(q float64) string {
		return fmt.Sprintf("%.1f", float64(measure.Quantile(all, q).Microseconds())/1000)
	}
	return ms(.5) + "\t" + ms(.99)
}

// figures measures what distance costs: one region, then two, with the same machine and bot.
func figures(ctx context.Context, p plan) (broken bool, err error) {
	program, err := build(ctx, p)
	if err != nil {
		return false, err
	}
	rows := []string{"ms\tacknowledged: p50\tp99\tfirst word: p50\tp99\ton the agent's screen: p50\tp99"}
	var crossing []string
	for _, n := range []int{1, 2} {
		q := p
		q.regions, q.dir = n, fmt.Sprint(p.dir, "/", n)
		if err := os.MkdirAll(q.dir, 0o700); err != nil {
			return false, err
		}
		o := each(q)
		o.Gateways, o.Bots = 1, 1
		w := world.New(world.Options{Program: program, Dir: q.dir, Regions: n, Delay: p.delay, Loss: p.loss, Each: o})
		some, crossed, err := measureIn(ctx, w)
		for _, f := range w.Stop() {
			fmt.Println("fault:", f)
			broken = true
		}
		if err != nil {
			return false, err
		}
		rows, crossing = append(rows, some...), append(crossing, crossed...)
	}
	measure.Table(os.Stdout, rows...)
	fmt.Println(strings.Join(crossing, "\n"))
	return broken, nil
}

func measureIn(ctx context.Context, w *world.World) (rows, crossing []string, err error) {
	if err := w.Start(ctx); err != nil {
		return nil, nil, err
	}
	home := w.Regions[0].Gateways()[0]
	away := w.Regions[len(w.Regions)-1].Gateways()[0]
	at, from := w.Regions[0].Name, w.Regions[len(w.Regions)-1].Name
	type setup struct{ name, met, goesOn string }
	all := []setup{{"one region: visitor and agent in it", home, home}}
	if len(w.Regions) > 1 {
		all = []setup{
			{fmt.Sprintf("visitor in %s, home %s; agent in %s", at, at, from), home, home},
			{fmt.Sprintf("visitor in %s, home %s; agent in %s", from, at, from), home, away},
			{fmt.Sprintf("visitor in %s, home %s; agent in %s", from, from, from), away, away},
		}
	}
	for _, s := range all {
		r, err := talks(ctx, s.name, s.met, s.goesOn, away)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
		rows = append(rows, r.String())
	}
	if len(w.Regions) > 1 {
		crossing, err = crosses(ctx, w, home, away)
	}
	return rows, crossing, err
}

// talks has a visitor who was met at one gateway go on at another one, first with the bot and
// then with an agent.
func talks(ctx context.Context, name, met, goesOn, agents string) (r row, err error) {
	r.name = name
	first, welcome, err := visits(ctx, met, "")
	if err != nil {
		return r, err
	}
	defer first.sock.Close()
	v, _, err := visits(ctx, goesOn, welcome.Token)
	if err != nil {
		return r, err
	}
	defer v.sock.Close()
	a, err := works(ctx, agents)
	if err != nil {
		return r, err
	}
	defer a.sock.Close()
	if r.acks, r.said, err = withBot(v); err != nil {
		return r, err
	}
	for _, t := range []string{"open", "step_in"} {
		a.made++
		if _, err = a.ask("", wire.Request{T: t, ID: fmt.Sprint("x", a.made), Chat: welcome.Chat}); err != nil {
			return r, err
		}
	}
	for i := range times {
		text := fmt.Sprintf("to the agent, %d", i)
		began := time.Now()
		if _, err := v.does(wire.Request{T: "send", Text: text}); err != nil {
			return r, err
		}
		f, err := a.await("what the visitor said", func(f frame) bool { return f.T == "event" && f.Text == text })
		if err != nil {
			return r, err
		}
		r.shown = append(r.shown, f.at.Sub(began))
	}
	return r, nil
}

// withBot asks the bot again and again and returns how long acknowledgments and first words took.
func withBot(v *client) (acks, said []time.Duration, err error) {
	for i := range times {
		v.made++
		id, began := fmt.Sprint("x", v.made), time.Now()
		if err := v.sock.Write(wire.Request{T: "send", ID: id, Text: fmt.Sprintf("What is Parley? %d", i)}); err != nil {
			return nil, nil, err
		}
		var acked, replied bool
		for !acked || !replied {
			f, err := v.await("an acknowledgment and a reply", func(f frame) bool { return f.T == "ack" || f.T == "error" || f.T == "event" && f.Kind == "reply" })
			if err != nil {
				return nil, nil, err
			}
			switch f.T {
			case "ack":
				acked, acks = true, append(acks, f.at.Sub(began))
			case "error":
				return nil, nil, fmt.Errorf("refused: %s %s", f.Code, f.Message)
			default:
				replied, said = true, append(said, f.at.Sub(began))
			}
		}
	}
	return acks, said, nil
}

// crosses counts the bytes between the regions: while nobody says anything, and while two
// messages are written in each of many chats, of which few are watched from afar.
func crosses(ctx context.Context, w *world.World, home, away string) ([]string, error) {
	var open []*client
	defer func() {
		for _, c := range open {
			c.sock.Close()
		}
	}()
	var here []*client
	for i := range chats {
		c, welcome, err := visits(ctx, home, "")
		if err != nil {
			return nil, err
		}
		open, here = append(open, c), append(here, c)
		if i >= watched {
			continue
		}
		far, _, err := visits(ctx, away, welcome.Token)
		if err != nil {
			return nil, err
		}
		open = append(open, far)
		go func() {
			for range far.heard { // it only watches
			}
		}()
	}
	sleep(ctx, 2*time.Second)
	at := w.Crossed()
	sleep(ctx, idle)
	quiet := w.Crossed() - at
	at, began := w.Crossed(), time.Now()
	text := strings.Repeat("x", 200)
	for range 2 {
		for _, c := range here {
			if _, err := c.does(wire.Request{T: "send", Text: text}); err != nil {
				return nil, err
			}
		}
	}
	sleep(ctx, 3*time.Second) // the last replies
	took := time.Since(began)
	return []string{
		fmt.Sprintf("between the regions, while nobody says anything: %d bytes in %v", quiet, idle),
		fmt.Sprintf("between the regions, while two messages are written in each of %d chats of which %d are watched from afar: %d bytes in %v, of which %d would have crossed anyway",
			chats, watched, w.Crossed()-at, took.Round(time.Second), int64(float64(quiet)*took.Seconds()/idle.Seconds())),
	}, nil
}
