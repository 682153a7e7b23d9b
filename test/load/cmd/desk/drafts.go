package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// drafts has one agent type on one device and look at another, at another gateway: first undisturbed,
// and then while a gateway or NATS is killed -9 as a draft is on its way. Afterward the draft is there,
// whole, or the one before it is, and what was acknowledged is there.
func drafts(ctx context.Context, f *floor, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, 3*f.p.quiet)
	defer cancel()
	if err := f.come(ctx, 1); err != nil {
		return err
	}
	laptop, phone := &device{f: f, gateway: 0, chat: f.chats()[0]}, &device{f: f, gateway: 1, chat: f.chats()[0]}
	defer laptop.drop()
	defer phone.drop()
	if err := heard(ctx, laptop, phone, o); err != nil {
		return err
	}
	var all fate
	r := f.random(8, 0)
	for n := range f.p.kills {
		victim := f.sys.Members(system.Gateway)[0]
		if n%3 == 2 {
			victim = f.sys.Members(system.NATS)[n%len(f.sys.Members(system.NATS))]
		}
		text := fmt.Sprintf("draft %d %s", n, strings.Repeat("and so on ", r.IntN(300)))
		if err := draftOnce(ctx, laptop, phone, text, victim, time.Duration(r.Int64N(int64(longestKill/2))), &all); err != nil {
			return fmt.Errorf("kill %s while a draft is on its way: %w", victim, err)
		}
	}
	o.row("drafts during which a gateway or NATS was killed", f.p.kills)
	o.row("acknowledged", all.answered)
	o.row("there afterward, whole", all.there)
	o.row("not there afterward, but the one before", all.not)
	o.none("neither of them there", all.half)
	o.none("acknowledged, and not there", all.lost)
	o.none("devices that differ", all.differ)
	return nil
}

// heard measures how soon the other device is told of a draft, and has it.
func heard(ctx context.Context, laptop, phone *device, o *outcome) error {
	var took []time.Duration
	before, err := laptop.kept(ctx)
	if err != nil {
		return err
	}
	if _, err := phone.kept(ctx); err != nil { // it looks at the chat
		return err
	}
	for n := range phone.f.p.changes {
		text, began := fmt.Sprint("typed ", n), time.Now()
		next, err := laptop.ask(&wire.Draft{Text: text, Edition: before.Edition})
		if err != nil {
			return err
		}
		if err := phone.told(next.Edition); err != nil {
			return err
		}
		now, err := phone.ask(nil)
		took = append(took, time.Since(began))
		if err != nil || now.Text != text || now.Edition != next.Edition {
			return fmt.Errorf("the phone has %q of edition %d instead of %q of %d: %w", now.Text, now.Edition, text, next.Edition, err)
		}
		before = next
	}
	o.times("from what is typed on one device until the other has it", took)
	return nil
}

func draftOnce(ctx context.Context, laptop, phone *device, text, victim string, after time.Duration, all *fate) error {
	before, err := laptop.kept(ctx)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := laptop.ask(&wire.Draft{Text: text, Edition: before.Edition})
		done <- err
	}()
	wire.Wait(ctx, after)
	sys := laptop.f.sys
	if err := sys.Kill(victim); err != nil {
		return err
	}
	if err := sys.StartAgain(victim); err != nil {
		return err
	}
	acked := <-done
	if err := sys.AwaitReady(ctx); err != nil {
		return err
	}
	if acked == nil {
		all.answered++
	}
	now, err := phone.kept(ctx)
	if err != nil {
		return err
	}
	if own, err := laptop.kept(ctx); err != nil {
		return err
	} else if own.Text != now.Text || own.Edition != now.Edition {
		all.differ++
	}
	switch {
	case now.Text == text && now.Edition > before.Edition:
		all.there++
	case now.Text == before.Text && now.Edition == before.Edition && acked == nil:
		all.lost++
	case now.Text == before.Text && now.Edition == before.Edition:
		all.not++
	default:
		all.half++
	}
	return nil
}
