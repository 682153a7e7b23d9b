package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// device is a console of the first agent, which has one chat open.
type device struct {
	f       *floor
	gateway int
	chat    string
	sock    *wire.Socket // nil: not connected
	asked   int
	edition uint64 // the latest that it was told of
}

// drop ends the connection.
func (d *device) drop() {
	if d.sock != nil {
		d.sock.Drop(false)
		d.sock = nil
	}
}

// connect signs in and opens the chat.
func (d *device) connect(ctx context.Context) error {
	base, who := d.f.sys.Gateways()[d.gateway], d.f.accounts[0]
	cookie, err := agent.Login(ctx, base, who.User, who.Password)
	if err != nil {
		return err
	}
	header := http.Header{"Cookie": {cookie.String()}, "Origin": {base}}
	if d.sock, err = wire.DialTo(ctx, wire.Place{Base: base, Agent: true, Header: header}); err != nil {
		return err
	}
	_, err = d.answer(wire.Request{T: "open", Chat: d.chat})
	return err
}

// kept returns the draft that is kept, over as many connections as it takes.
func (d *device) kept(ctx context.Context) (wire.Frame, error) {
	limit, cancel := context.WithTimeout(ctx, d.f.p.quiet)
	defer cancel()
	for {
		var err error
		if d.sock == nil {
			err = d.connect(limit)
		}
		if err == nil {
			var now wire.Frame
			if now, err = d.ask(nil); err == nil {
				return now, nil
			}
		}
		d.drop()
		if !wire.Wait(limit, 50*time.Millisecond) {
			return wire.Frame{}, fmt.Errorf("read the draft: %w", err)
		}
	}
}

// ask keeps a draft, or asks what is kept.
func (d *device) ask(draft *wire.Draft) (wire.Frame, error) {
	got, err := d.answer(wire.Request{T: "draft", Chat: d.chat, Draft: draft})
	if err == nil && got.Other {
		err = fmt.Errorf("the draft of edition %d is said to be another device's", got.Edition)
	}
	return got, err
}

// answer sends a frame and returns the answer, once.
func (d *device) answer(r wire.Request) (wire.Frame, error) {
	d.asked++
	r.ID = fmt.Sprintf("d%d", d.asked)
	if err := d.sock.Write(r); err != nil {
		return wire.Frame{}, err
	}
	for {
		f, err := d.read()
		switch {
		case err != nil:
			return f, err
		case f.ID != r.ID:
		case f.T == "error":
			return f, fmt.Errorf("%s was refused: %s", r.T, f.Message)
		default:
			return f, nil
		}
	}
}

// told waits until the server has told of a draft of that edition.
func (d *device) told(edition uint64) error {
	for d.edition < edition {
		if _, err := d.read(); err != nil {
			return fmt.Errorf("wait for word of edition %d: %w", edition, err)
		}
	}
	return nil
}

func (d *device) read() (wire.Frame, error) {
	f, err := d.sock.Read()
	if err == nil && f.T == "signal" && f.What == "drafted" {
		d.edition = f.Seq
	}
	return f, err
}
