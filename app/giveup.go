package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
)

const giveUpHelp = `A region that is gone can be given up: its chats go on in the region where this is run. See
docs/regions.md.

  parley give-up REGION from URL     with NATS, at that URL, on what is left of its disks
  parley give-up REGION              without: only what is here already goes on

It needs REGION, REGIONS and NATS_URL as all that runs in this region has them, with a NATS user
that may do everything in NATS_URL and in URL. It asks for the region's name, and refuses while
the region can be reached. Whatever happens, run it again.`

// givenUpWait is how long a region is looked for that must not be there.
const givenUpWait = 15 * time.Second

// GiveUp is the command parley give-up.
func GiveUp(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		_, err := fmt.Fprintln(out, giveUpHelp)
		return err
	}
	region, err := chat.ParseRegion(args[0])
	if err != nil {
		return configError{err}
	}
	disks := ""
	switch {
	case len(args) == 3 && args[1] == "from":
		disks = args[2]
	case len(args) != 1:
		return configError{errors.New("say which region: parley give-up REGION from URL. Try parley give-up help")}
	}
	s, err := loadForRegions()
	if err != nil {
		return err
	}
	return explain(s.acrossRegions(ctx, func(ctx context.Context, r *bus.Regions) error {
		return s.giveUp(ctx, r, region, disks, in, out)
	}))
}

func (s *system) giveUp(ctx context.Context, r *bus.Regions, region chat.Region, disks string, in io.Reader, out io.Writer) error {
	if err := gone(ctx, r, region); err != nil {
		return err
	}
	fmt.Fprintf(out, "The chats of %s will go on in %s, for good. If %s is alive and answers people somewhere, they get two answers.\nType the name of the region that you give up: ", region, r.Home().Region(), region)
	if typed, err := bufio.NewReader(in).ReadString('\n'); strings.TrimSpace(typed) != string(region) {
		return configError{fmt.Errorf("that is not %s, and nothing was done (%v)", region, err)}
	}
	giving := moving.GivingUp{Region: region, To: r.Home()}
	if disks != "" {
		opts := s.natsOptions("setup")
		opts.URL, opts.Region, opts.InProcess = disks, region, nil
		wait, end := context.WithTimeout(ctx, natsWait)
		defer end()
		var err error
		if giving.Disks, err = bus.ConnectFrom(wait, r.Home(), opts); err != nil {
			return fmt.Errorf("reach NATS on the disks of %s: %w", region, err)
		}
		defer giving.Disks.Close()
	}
	if err := byOperator(ctx, r.Home(), audit.GiveUpRegion, "", string(region), ""); err != nil {
		return err
	}
	done, err := giving.Run(ctx)
	if err != nil {
		return err
	}
	has, _, err := moving.CopiedOf(ctx, r.Home(), region)
	if err != nil {
		return err
	}
	return report(out, region, disks != "", has.Through, done)
}

// gone returns an error unless the region is another one, and can't be reached.
func gone(ctx context.Context, r *bus.Regions, region chat.Region) error {
	if region == r.Home().Region() {
		return configError{fmt.Errorf("this is the region %s itself: run it where its chats shall go on", region)}
	}
	limit, end := context.WithTimeout(ctx, givenUpWait)
	defer end()
	for limit.Err() == nil {
		if _, err := r.To(region); err == nil {
			return configError{fmt.Errorf("the region %s can be reached, so it is not gone. To empty it, use parley move", region)}
		}
		select {
		case <-limit.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	return ctx.Err()
}

// report says what became of the region, and what is lost. copied is up to when a copy of it has all
// that was said there; zero: there is none.
func report(out io.Writer, region chat.Region, disks bool, copied time.Time, done moving.GivenUp) error {
	var lines []string
	switch {
	case !disks && !copied.IsZero():
		lines = append(lines, fmt.Sprintf("The copy of %s has all that was said there until %s, and that is here. What was said later is lost; if disks are found, run this again with them.", region, copied.UTC().Format("2006-01-02 15:04:05 UTC")))
	case disks:
		lines = append(lines, fmt.Sprintf("%d events were read from the disks of %s; all that is on them is here now, and nothing of it is lost.", done.Events, region))
	default:
		lines = append(lines, fmt.Sprintf("Without the disks of %s, all that is not here already is lost. How much that is, nobody can tell; if they are found, run this again with them.", region))
	}
	lines = append(lines, fmt.Sprintf("%d chats of %s go on here.", done.Chats-done.Stuck, region),
		fmt.Sprintf("%d of them wait for a person, are with one, or are missed.", done.Desk),
		fmt.Sprintf("In %d something was not answered, or not decided: it is decided now, or a person was called.", done.Open))
	if done.Stuck > 0 {
		lines = append(lines, fmt.Sprintf("%d chats were moved %d times before and can't go on; their history is here.", done.Stuck, bus.MaxMoves))
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}
