package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/world"
)

// talkFor is how long visitors write in a region before it is lost, and writers how many these are,
// each with two messages a second.
const (
	talkFor = 30 * time.Second
	writers = 15
)

// lose kills a region with its disks under 30 messages a second, gives it up without them, and counts
// which of the messages that it had acknowledged are lost: without a copy, and with one.
func lose(ctx context.Context, p plan) (broken bool, err error) {
	program, err := build(ctx, p)
	if err != nil {
		return false, err
	}
	rows := []string{"killed with its disks\tacknowledged in it\tof these in the other region\tlost\tthe first lost one, before the kill"}
	for _, copies := range []bool{false, true} {
		dir := filepath.Join(p.dir, fmt.Sprint("copy-", copies))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return false, err
		}
		w := world.New(world.Options{Program: program, Dir: dir, Regions: 2, Delay: p.delay, Loss: p.loss, Each: each(p), Copy: copies})
		row, faults, err := loseOne(ctx, p, w, dir)
		faults = append(faults, w.Stop()...)
		for _, f := range faults {
			fmt.Println("fault:", f)
			broken = true
		}
		if err != nil {
			return false, err
		}
		rows = append(rows, map[bool]string{false: "without a copy", true: "with a copy"}[copies]+"\t"+row)
	}
	measure.Table(os.Stdout, rows...)
	return broken, nil
}

func loseOne(ctx context.Context, p plan, w *world.World, dir string) (row string, faults []string, err error) {
	if err := w.Start(ctx); err != nil {
		return "", nil, err
	}
	to, lost := w.Regions[0], w.Regions[1]
	p.dir = dir
	began := time.Now()
	talking, leave := context.WithCancel(ctx)
	defer leave()
	var all []*talker
	var running sync.WaitGroup
	defer running.Wait()
	for i := range writers {
		t, err := newTalker(p, began, lost.Name, i, i, lost.Gateways, lost.Gateways)
		if err != nil {
			return "", nil, err
		}
		all = append(all, t)
		running.Go(func() { t.err = t.Run(talking) })
		running.Go(func() {
			for n := 0; sleep(talking, time.Second/2); n++ {
				t.Send(fmt.Sprintf("What is Parley? %d", n))
			}
		})
	}
	if !sleep(ctx, talkFor) {
		return "", nil, ctx.Err()
	}
	killed := time.Since(began)
	said, err := w.Lose(ctx, lost, to)
	if err != nil {
		return "", nil, err
	}
	fmt.Println(said)
	leave()
	running.Wait()
	for _, t := range all {
		if err := t.record.Close(); err != nil {
			return "", nil, err
		}
	}
	if _, err := dump.Store(ctx, dump.Place{File: to.StoreFile(), Mongo: to.MongoURL()}, dir); err != nil {
		return "", nil, err
	}
	row, missing, err := count(dir, all, killed)
	if missing > copyAge && len(row) > 0 && w.Copies() {
		faults = append(faults, fmt.Sprintf("a message is lost that was acknowledged %v before the region was", missing.Round(time.Millisecond)))
	}
	return row, faults, err
}

// copyAge is how old a copy may be, generously, while no link is cut.
const copyAge = 30 * time.Second

// count counts the messages that were acknowledged and that the store does not have, and returns how
// long before the kill the first of these was acknowledged.
func count(dir string, all []*talker, killed time.Duration) (row string, before time.Duration, err error) {
	stored, err := history.Read[history.Event](filepath.Join(dir, history.StoreFile))
	if err != nil {
		return "", 0, err
	}
	type at struct {
		chat string
		seq  uint64
	}
	has := map[at]bool{}
	for _, e := range stored {
		has[at{e.Chat, e.Seq}] = true
	}
	acked, kept := 0, 0
	for _, t := range all {
		entries, err := history.Read[history.Entry](filepath.Join(dir, history.ClientsDir, t.file+".jsonl"))
		if err != nil {
			return "", 0, err
		}
		for _, e := range entries {
			if e.Op != history.Ack || e.Seq == 0 || e.At > killed+time.Second {
				continue
			}
			acked++
			if has[at{e.Chat, e.Seq}] {
				kept++
			} else {
				before = max(before, killed-e.At)
			}
		}
	}
	first := ""
	if kept < acked {
		first = before.Round(time.Millisecond).String()
	}
	return fmt.Sprintf("%d\t%d\t%d\t%s", acked, kept, acked-kept, first), before, nil
}
