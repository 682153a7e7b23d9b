package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
)

const moveHelp = `Chats can be moved to another region. See docs/regions.md.

  parley move CHAT [CHAT...] to REGION   moves chats to the streams and the store of that region
  parley move - to REGION                the same, with one id on each line of the standard input

It needs REGION, REGIONS and NATS_URL as all that runs in a region has them, with a NATS user
that may do everything in each URL. Whatever happens, run it again: what was moved stays so.`

// regionWait is how long a command waits for a region.
const regionWait = 20 * time.Second

// Move is the command parley move.
func Move(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	ids, to, err := moveArgs(args, in)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		_, err := fmt.Fprintln(out, moveHelp)
		return err
	}
	s, err := loadForRegions()
	if err != nil {
		return err
	}
	return explain(s.acrossRegions(ctx, func(ctx context.Context, r *bus.Regions) error {
		return s.move(ctx, r, ids, to, out)
	}))
}

// moveArgs reads the chats and the region that they go to; none for help.
func moveArgs(args []string, in io.Reader) (ids []chat.ID, to chat.Region, err error) {
	n := len(args)
	if n == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		return nil, "", nil
	}
	if n < 3 || args[n-2] != "to" {
		return nil, "", configError{errors.New("say which chats, and where to: parley move CHAT to REGION. Try parley move help")}
	}
	if to, err = chat.ParseRegion(args[n-1]); err != nil {
		return nil, "", configError{err}
	}
	names := args[:n-2]
	if len(names) == 1 && names[0] == "-" {
		names = nil
		for lines := bufio.NewScanner(in); lines.Scan(); {
			names = append(names, strings.Fields(lines.Text())...)
		}
	}
	for _, name := range names {
		id, err := chat.ParseID(name)
		if err != nil {
			return nil, "", configError{fmt.Errorf("%q is no chat: %w", printable(name), err)}
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, "", configError{errors.New("there are no chats to be moved")}
	}
	return ids, to, nil
}

// loadForRegions reads the settings of a command that needs several regions.
func loadForRegions() (*system, error) {
	s, faults := load("setup", "")
	if len(faults) > 0 {
		return nil, unusable(faults)
	}
	s.log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly, NoColor: true}).Level(zerolog.ErrorLevel)
	if len(s.AllRegions()) < 2 {
		return nil, configError{errors.New("REGIONS: it names no other region. Set REGION and REGIONS as they are set in a region")}
	}
	return s, nil
}

// acrossRegions calls f with connections to all regions, those to others being made behind it.
func (s *system) acrossRegions(ctx context.Context, f func(context.Context, *bus.Regions) error) error {
	opts := s.natsOptions("setup")
	opts.Impatient = true
	wait, end := context.WithTimeout(ctx, natsWait)
	defer end()
	home, err := bus.Connect(wait, opts)
	if err != nil {
		return err
	}
	defer home.Close()
	regions := s.regionsAs("setup", home, "")
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = regions.Run(running) }()
	defer func() { stop(); <-ended }()
	return f(ctx, regions)
}

// reach returns the connection to a region once it is there.
func reach(ctx context.Context, r *bus.Regions, region chat.Region) (*bus.Conn, error) {
	if region == r.Home().Region() {
		return r.Home(), nil
	}
	if !slices.Contains(r.Elsewhere(), region) {
		return nil, configError{fmt.Errorf("there is no region %s in REGIONS", region)}
	}
	for limit := time.Now().Add(regionWait); ; {
		conn, err := r.To(region)
		if err == nil || time.Now().After(limit) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// move moves chats one after the other, also after one that can't be.
func (s *system) move(ctx context.Context, r *bus.Regions, ids []chat.ID, to chat.Region, out io.Writer) error {
	if heir := r.Home().Homes().GivenUp(to); heir != "" {
		return configError{fmt.Errorf("the region %s was given up, and its chats go on in %s: move them there", to, heir)}
	}
	target, err := reach(ctx, r, to)
	if err != nil {
		return err
	}
	failed := 0
	for _, id := range ids {
		if err := byOperator(ctx, r.Home(), audit.MoveChats, id, string(to), ""); err != nil {
			return err
		}
		said, err := moveOne(ctx, r, id, target)
		if err != nil {
			failed++
			said = fmt.Sprintf("%s not moved: %s", id, line(err.Error()))
		}
		if _, err := fmt.Fprintln(out, said); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d chats could not be moved", failed, len(ids))
	}
	return nil
}

func moveOne(ctx context.Context, r *bus.Regions, id chat.ID, to *bus.Conn) (string, error) {
	at := r.HomeOf(id)
	from, err := reach(ctx, r, at)
	if err != nil {
		return "", err
	}
	if from == to { // perhaps it is there already, and an earlier try ended too soon
		for _, other := range append(r.Others(), r.Home()) {
			if other != to {
				from = other
			}
		}
	}
	moved, err := moving.Mover{From: from, To: to}.Move(ctx, id)
	if err != nil {
		return "", err
	}
	if moved.Already {
		return fmt.Sprintf("%s is at home in %s", id, to.Region()), nil
	}
	return fmt.Sprintf("%s moved from %s to %s with %d events", id, at, to.Region(), moved.Events), nil
}
