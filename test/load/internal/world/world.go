// Package world runs several regions of Parley on this machine, each a whole system, with a line
// across an ocean between each two of them.
package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// Names are those of the regions, in the order of REGIONS.
var Names = []string{"eu", "ap", "us"}

// TokenKey is that of all regions.
const TokenKey = "TOKEN_KEY=the key of all regions, 32 characters or more"

// nobody is where a line leads before there is a NATS server at its other end.
const nobody = "127.0.0.1:1"

// Options say what each region is made of, and what is between them.
type Options struct {
	Program string
	Dir     string
	Regions int           // 1 to 3
	Delay   time.Duration // one way
	Loss    float64       // the probability that a packet between two regions is lost
	Each    system.Options
	Copy    bool // each region keeps a copy of the others' chats
}

// Region is one of them.
type Region struct {
	Name string
	*system.System
	dir   string
	links map[string]*network.Line // to the NATS server of each other one
}

// World is all of them.
type World struct {
	o       Options
	Regions []*Region
	// Uncopied counts, after Dump, the events of each region's streams that the store of another one
	// does not have, by "region>other".
	Uncopied map[string]int
	fate     fate
}

// New returns a world that does not run yet.
func New(o Options) *World { return &World{o: o} }

// Start starts one region after the other, as they are made in earnest: the first one has to be
// there when another joins. The caller calls Stop in any case.
func (w *World) Start(ctx context.Context) error {
	for _, name := range Names[:w.o.Regions] {
		r := &Region{Name: name, dir: filepath.Join(w.o.Dir, name), links: map[string]*network.Line{}}
		for _, other := range Names[:w.o.Regions] {
			if other == name {
				continue
			}
			line, err := network.NewLine(nobody)
			if err != nil {
				return err
			}
			line.Far(w.o.Delay, w.o.Loss)
			r.links[other] = line
		}
		w.Regions = append(w.Regions, r)
	}
	for _, r := range w.Regions {
		if err := os.MkdirAll(r.dir, 0o700); err != nil {
			return fmt.Errorf("make the folder of the region %s: %w", r.Name, err)
		}
		opts := w.o.Each
		opts.Program, opts.Dir = w.o.Program, r.dir
		opts.Env = append(slices.Clone(opts.Env), w.settings(r)...)
		r.System = system.New(opts)
		if err := r.Start(ctx); err != nil {
			return fmt.Errorf("start the region %s: %w", r.Name, err)
		}
		for _, other := range w.Regions {
			if line := other.links[r.Name]; line != nil {
				line.To(strings.TrimPrefix(r.NATSURL(), "nats://"))
			}
		}
	}
	return nil
}

// settings are those of a region beside what every system has.
func (w *World) settings(r *Region) []string {
	if w.o.Regions == 1 {
		return []string{"REGION=" + r.Name, TokenKey}
	}
	var list []string
	for _, name := range Names[:w.o.Regions] {
		at := nobody // its own NATS servers are in NATS_URL
		if line := r.links[name]; line != nil {
			at = line.Addr()
		}
		list = append(list, name+"=nats://"+at)
	}
	env := []string{"REGION=" + r.Name, "REGIONS=" + strings.Join(list, ";"), TokenKey}
	if w.o.Copy {
		others := slices.DeleteFunc(slices.Clone(Names[:w.o.Regions]), func(name string) bool { return name == r.Name })
		env = append(env, "COPY_OF="+strings.Join(others, ","))
	}
	return env
}

// Copies reports whether each region keeps a copy of the others' chats.
func (w *World) Copies() bool { return w.o.Copy }

// Stop ends everything and returns the faults, each with the name of its region.
func (w *World) Stop() (faults []string) {
	for _, r := range w.Regions {
		if r.System != nil {
			for _, f := range r.System.Stop() {
				faults = append(faults, r.Name+": "+f)
			}
		}
		for _, l := range r.links {
			if err := l.Close(); err != nil {
				faults = append(faults, r.Name+": "+err.Error())
			}
		}
	}
	return faults
}

// Gateways are those of all regions, one of each region in turn: whoever loses a connection and
// makes the next one elsewhere has moved.
func (w *World) Gateways() (all []string) {
	for i := 0; ; i++ {
		some := false
		for _, r := range w.Regions {
			if g := r.Gateways(); i < len(g) {
				all, some = append(all, g[i]), true
			}
		}
		if !some {
			return all
		}
	}
}

// Between returns the two lines between two regions.
func (w *World) Between(a, b *Region) []*network.Line {
	return []*network.Line{a.links[b.Name], b.links[a.Name]}
}

// Crossed returns how many bytes crossed between regions so far.
func (w *World) Crossed() (n int64) {
	for _, r := range w.Regions {
		for _, l := range r.links {
			n += l.Crossed()
		}
	}
	return n
}

// Stray starts a history worker of one region on the NATS servers of another one, as a wrong
// NATS_URL would. It has to refuse to work.
func (w *World) Stray(ctx context.Context, of, at *Region) (*proc.Process, error) {
	env := append([]string{"LOG_FORMAT=json", "DATA_DIR=" + filepath.Join(of.dir, "data"), "NATS_URL=" + at.NATSURL(), "STREAMS=8", "NATS_REPLICAS=1"}, w.settings(of)...)
	return proc.Start(ctx, proc.Spec{Name: "stray", Path: w.o.Program, Args: []string{system.Historyworker}, Dir: w.o.Dir, Env: env})
}

// Dump writes what the streams and the stores of all regions hold into the folder, each event
// with the region that it stands in, once each store has what the streams have or nothing
// changes for that long. dead counts the dead letters.
func (w *World) Dump(ctx context.Context, still time.Duration) (streamed, stored int, dead uint64, err error) {
	var stream, store []history.Event
	homes := map[string][]string{}
	for _, r := range w.Regions {
		place := dump.Place{File: r.StoreFile(), Mongo: r.MongoURL()}
		_, inStreams, err := dump.AwaitStore(ctx, r.NATSURL(), place, still)
		if err != nil {
			return 0, 0, 0, err
		}
		if _, err = dump.Stream(ctx, r.NATSURL(), r.dir, inStreams); err != nil {
			return 0, 0, 0, err
		}
		if _, err = dump.Store(ctx, place, r.dir); err != nil {
			return 0, 0, 0, err
		}
		n, err := dump.Dead(ctx, r.NATSURL())
		if err != nil {
			return 0, 0, 0, err
		}
		dead += n
		s, err1 := r.read(history.StreamFile)
		t, err2 := r.read(history.StoreFile)
		if err := errors.Join(err1, err2); err != nil {
			return 0, 0, 0, err
		}
		stream, store = append(stream, s...), append(store, t...)
		known, err := dump.Homes(ctx, r.NATSURL())
		if err != nil {
			return 0, 0, 0, err
		}
		for id, path := range known {
			if len(path) > len(homes[id]) {
				homes[id] = path
			}
		}
	}
	for _, e := range slices.Concat(stream, store) {
		if path := w.fate.path(e.Chat, homes[e.Chat]); len(path) > 1 {
			homes[e.Chat] = path
		}
	}
	w.Uncopied = uncopied(stream, store)
	for between := range w.Uncopied { // of a region that was given up nothing is copied any more
		if of, _, _ := strings.Cut(between, ">"); w.fate.heir(of) != "" {
			delete(w.Uncopied, between)
		}
	}
	store = onlyHome(store, homes, w.fate.path)
	var moved []history.Moved
	for id, path := range homes {
		moved = append(moved, history.Moved{Chat: id, Path: path})
	}
	err = errors.Join(
		history.Write(filepath.Join(w.o.Dir, history.HomesFile), moved),
		history.Write(filepath.Join(w.o.Dir, history.StreamFile), stream),
		history.Write(filepath.Join(w.o.Dir, history.StoreFile), store),
	)
	return len(stream), len(store), dead, err
}

// uncopied counts the events of each region's streams that the store of another region lacks.
func uncopied(stream, store []history.Event) map[string]int {
	type at struct {
		region, chat string
		seq          uint64
	}
	has, regions := map[at]bool{}, map[string]bool{}
	for _, e := range store {
		has[at{e.Region, e.Chat, e.Seq}], regions[e.Region] = true, true
	}
	lack := map[string]int{}
	for _, e := range stream {
		for other := range regions {
			if other != e.Region && !has[at{other, e.Chat, e.Seq}] {
				lack[e.Region+">"+other]++
			}
		}
	}
	return lack
}

// onlyHome leaves out what the store of an earlier home still has of a chat, if the last home has it.
func onlyHome(store []history.Event, homes map[string][]string, of func(id string, noted []string) []string) []history.Event {
	type at struct {
		chat string
		seq  uint64
	}
	last := func(e history.Event) bool {
		path := of(e.Chat, homes[e.Chat])
		return len(path) == 0 || e.Region == path[len(path)-1]
	}
	has := map[at]bool{}
	for _, e := range store {
		if last(e) {
			has[at{e.Chat, e.Seq}] = true
		}
	}
	return slices.DeleteFunc(store, func(e history.Event) bool { return !last(e) && has[at{e.Chat, e.Seq}] })
}

func (r *Region) read(file string) ([]history.Event, error) {
	all, err := history.Read[history.Event](filepath.Join(r.dir, file))
	for i := range all {
		all[i].Region = r.Name
	}
	return all, err
}
