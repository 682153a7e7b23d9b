package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// fate is what has become of the regions. Its methods may be called concurrently.
type fate struct {
	mu    sync.Mutex        // guards what follows
	down  map[string]bool   // regions that were killed for good
	given map[string]string // regions that were given up, and where their chats go on
}

// lives reports whether a region is neither killed for good nor given up.
func (f *fate) lives(r *Region) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.down[r.Name] && f.given[r.Name] == ""
}

func (f *fate) set(r *Region, down bool, to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down == nil {
		f.down, f.given = map[string]bool{}, map[string]string{}
	}
	f.down[r.Name] = down
	if to != "" {
		f.given[r.Name] = to
	}
}

// heir is where the chats of a region go on that was given up; empty if it was not.
func (f *fate) heir(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.given[name]
}

// path adds to the homes of a chat, as they were noted, those that follow from regions that were
// given up. Of a chat that was never moved, none were.
func (f *fate) path(id string, noted []string) []string {
	if len(noted) == 0 && len(id) > idLength {
		noted = []string{id[idLength:]}
	}
	for path := noted; ; {
		if len(path) == 0 {
			return nil
		}
		to := f.heir(path[len(path)-1])
		if to == "" {
			return path
		}
		path = append(path[:len(path):len(path)], to)
	}
}

// idLength is the length of an id without the name of a region behind it.
const idLength = 16

// GivingUp has one region killed for good and given up, by the command that operators use, from its
// disks; in the end it comes back, late.
type GivingUp struct {
	Lost, To *Region
	// Loses and Back are when it is killed, and when it comes back at the earliest.
	Loses, Back time.Duration
	Said        string // what the command said
	Killed      int    // commands
	Again       int    // commands that failed, and were run again
	Why         string // what the last one of these said
	Took        time.Duration

	w    *World
	rand *rand.Rand
}

// NewGivingUp plans for a run of that length which region is lost, and when. The same seed gives the
// same plan.
func (w *World) NewGivingUp(seed uint64, length time.Duration) *GivingUp {
	r := rand.New(rand.NewPCG(seed, 0x91fe))
	lost := r.IntN(len(w.Regions))
	to := (lost + 1 + r.IntN(len(w.Regions)-1)) % len(w.Regions)
	return &GivingUp{
		w: w, rand: r, Lost: w.Regions[lost], To: w.Regions[to],
		Loses: length*3/10 + rand1(r, length/5), Back: length * 7 / 10,
	}
}

// Run waits, has before end whatever else is done to the region, and loses it.
func (g *GivingUp) Run(ctx context.Context, before func(), record func(history.Harm)) error {
	began := time.Now()
	if !rest(ctx, g.Loses) {
		return fmt.Errorf("give up %s: everybody has left before it was lost", g.Lost.Name)
	}
	before()
	act := context.WithoutCancel(ctx)
	h := history.Harm{At: time.Since(began), Kind: "give-up", Target: g.Lost.Name + ">" + g.To.Name}
	g.w.fate.set(g.Lost, true, "")
	// The bots a moment before the rest, so that there is something that nobody has answered.
	for _, role := range []string{system.Botworker, ""} {
		if err := g.Lost.KillAll(role); err != nil {
			return err
		}
		if role != "" {
			rest(act, time.Second+rand1(g.rand, 2*time.Second))
		}
	}
	url, rescue, err := g.Lost.Rescue(act)
	if err != nil {
		return err
	}
	defer rescue.Kill()
	if err := g.command(act, url); err != nil {
		return err
	}
	g.w.fate.set(g.Lost, true, g.To.Name)
	h.Until = time.Since(began)
	g.Took = h.Until - h.At
	record(h)

	rest(ctx, g.Back-time.Since(began))
	back := history.Harm{At: time.Since(began), Kind: "come-back", Target: g.Lost.Name}
	rescue.Stop(time.Minute)
	if err := g.Lost.StartAll(act); err != nil {
		return fmt.Errorf("have %s come back: %w", g.Lost.Name, err)
	}
	if err := g.Lost.AwaitReady(act); err != nil {
		return fmt.Errorf("have %s come back: %w", g.Lost.Name, err)
	}
	g.w.fate.set(g.Lost, false, "")
	back.Until = time.Since(began)
	record(back)
	return nil
}

// Lose kills a region for good and gives it up without its disks. It returns what the command said.
func (w *World) Lose(ctx context.Context, lost, to *Region) (said string, err error) {
	w.fate.set(lost, true, "")
	if err := lost.KillAll(""); err != nil {
		return "", err
	}
	g := &GivingUp{Lost: lost, To: to, w: w, rand: rand.New(rand.NewPCG(1, 1))}
	if err := g.command(ctx, ""); err != nil {
		return "", err
	}
	w.fate.set(lost, true, to.Name)
	return g.Said, nil
}

// command runs the command until it says that it is done. Every second time it is killed in the
// middle first.
func (g *GivingUp) command(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for kill := g.rand.IntN(2) == 0; ; kill = false {
		limit := 5 * time.Minute
		if kill { // in the first 15 s it makes sure that the region can't be reached
			limit = 15*time.Second + rand1(g.rand, 3*time.Second)
		}
		args := []string{"give-up", g.Lost.Name}
		if url != "" {
			args = append(args, "from", url)
		}
		out, ended, err := g.w.command(ctx, g.To, limit, g.Lost.Name+"\n", args...)
		switch {
		case err != nil:
			return err
		case ended && strings.Contains(out, "go on here"):
			g.Said = out
			return nil
		case ended:
			g.Again++
			g.Why = out
		default:
			g.Killed++
		}
		if !rest(ctx, 500*time.Millisecond) {
			return fmt.Errorf("give up %s: it is not done after %v: %s", g.Lost.Name, patient, out)
		}
	}
}
