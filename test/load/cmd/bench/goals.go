package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// Goal is one row of the table of goals: a figure as it was before version 0.1, as it is
// now, and as it shall be.
type Goal struct {
	What, Before, Now, Want string
	Met                     bool
}

// Sizes of what the goals are about.
const (
	goalIdle    = 18_000
	goalStorm   = 10_000
	goalViewers = 1000
	goalFanOut  = 20 // messages a second
	goalStored  = 1_000_000
)

// goals measures every row of the table, in some six minutes.
type goals struct {
	plan
	self, dir, program string
	out                io.Writer
	report             *Report
}

// do measures one row, or several, on systems of their own.
func (g *goals) do(ctx context.Context, name string, specs []scenario.Spec, f func(context.Context, []*scenario.System) error) error {
	began := time.Now()
	_, _ = fmt.Fprintf(g.out, "%s …\n", name)
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	var systems []*scenario.System
	for _, spec := range specs {
		sys, err := scenario.Start(running, spec, g.dir)
		if err != nil {
			return err
		}
		defer sys.Stop()
		systems = append(systems, sys)
	}
	if err := f(ctx, systems); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, _ = fmt.Fprintf(g.out, "%s: %v\n", name, time.Since(began).Round(100*time.Millisecond))
	return nil
}

func (g *goals) pipeline(sync string) scenario.Spec {
	return scenario.Spec{Label: pipelineLabel, Self: g.self, Sync: sync, Streams: 1, Dir: g.folder(sync)}
}

func (g *goals) parley(label, sync string) scenario.Spec {
	return scenario.Spec{Label: label, Self: g.self, Program: g.program, Sync: sync, Dir: g.folder(sync), Env: g.env}
}

func (g *goals) add(what, before, now, want string, met bool) {
	g.report.Goals = append(g.report.Goals, Goal{what, before, now, want, met})
}

// most and least are goals of one figure.
func (g *goals) most(what, before, format string, now, want float64) {
	g.add(what, before, fmt.Sprintf(format, now), "≤ "+fmt.Sprintf(format, want), now <= want)
}

func (g *goals) least(what, before, format string, now, want float64) {
	g.add(what, before, fmt.Sprintf(format, now), "≥ "+fmt.Sprintf(format, want), now >= want)
}

// run measures everything.
func (g *goals) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{g.turns, g.questions, g.always, g.together, g.openLoop, g.fans, g.idlers, g.storms, g.pages, g.starts} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(g.out, "\n%s", markdown(g.report.Goals))
	return nil
}

// markdown is the table of goals as a page of the docs has it.
func markdown(all []Goal) string {
	rows := []string{"| what\t| before\t| now\t| goal\t| met\t|", "|---\t|---\t|---\t|---\t|---\t|"}
	for _, goal := range all {
		rows = append(rows, "| "+strings.Join([]string{goal.What, goal.Before, goal.Now, goal.Want, yes(goal.Met)}, "\t| ")+"\t|")
	}
	var b strings.Builder
	measure.Table(&b, rows...)
	return b.String()
}

// The lines of a page between which the table of goals stands.
const (
	goalsBegin = "<!-- goals: go run ./cmd/bench -goals -into FILE -->\n"
	goalsEnd   = "<!-- end of the goals -->\n"
)

// into puts the table into a page, in the place of the one that is there.
func into(page string, all []Goal) (string, error) {
	before, rest, begins := strings.Cut(page, goalsBegin)
	_, after, ends := strings.Cut(rest, goalsEnd)
	if !begins || !ends {
		return "", fmt.Errorf("the page has no lines %q and %q", strings.TrimSpace(goalsBegin), strings.TrimSpace(goalsEnd))
	}
	return before + goalsBegin + markdown(all) + goalsEnd + after, nil
}

// closed measures some systems in a closed loop, in turn, and returns the medians.
func (g *goals) closed(ctx context.Context, systems []*scenario.System, sockets []int, roundsOf int) ([]Row, error) {
	p := g.plan
	p.sockets, p.rounds = sockets, roundsOf
	legs, err := rounds(ctx, systems, p, g.out)
	g.report.Legs = append(g.report.Legs, legs...)
	return rowsOf(legs), err
}

func rowFor(rows []Row, label string, sockets int) Row {
	for _, r := range rows {
		if r.Label == label && r.Sockets == sockets {
			return r
		}
	}
	return Row{}
}

func (g *goals) turns(ctx context.Context) error {
	return g.do(ctx, "turns, separate processes", []scenario.Spec{g.pipeline("100ms"), g.parley("parley", "100ms")}, func(ctx context.Context, systems []*scenario.System) error {
		rows, err := g.closed(ctx, systems, []int{1, 50, 500}, 3)
		if err != nil {
			return err
		}
		one, some, many := rowFor(rows, "parley", 1), rowFor(rows, "parley", 50), rowFor(rows, "parley", 500)
		g.report.top = many.Rate
		g.least("turns/s against the pipeline, 50 sockets", "0.13", "%.2f", some.OfRate, .60)
		g.least("turns/s against the pipeline, 500 sockets", "0.13", "%.2f", many.OfRate, .60)
		g.most("p99 against its p99, 50 sockets", "7.4 ×", "%.1f ×", some.OfP99, 1.8)
		g.most("p99 against its p99, 500 sockets", "6.5 ×", "%.1f ×", many.OfP99, 1.8)
		g.most("CPU a turn against the pipeline, 500 sockets, all servers", "8.8 ×", "%.1f ×", many.OfCPU, 1.7)
		g.most("one socket alone, separate processes, p50 against the pipeline", "3.4 ×", "%.2f ×", one.OfP50, 1.5)
		return nil
	})
}

func (g *goals) questions(ctx context.Context) error {
	return g.do(ctx, "questions that are searched", []scenario.Spec{g.parley("parley", "100ms")}, func(ctx context.Context, systems []*scenario.System) error {
		var talked, asked []float64
		for i := range 2 * 3 {
			p := g.plan
			p.text, p.rounds = p.padded(smallTalk), 1
			if i%2 == 1 {
				p.text = p.padded(question)
			}
			leg, err := closed(ctx, systems[0], p, 500, nil)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintln(g.out, leg.line())
			if i%2 == 1 {
				asked = append(asked, leg.Rate)
			} else {
				talked = append(talked, leg.Rate)
			}
		}
		g.least("turns/s with a question that is searched, against small talk", "0.58", "%.2f", measure.Quantile(asked, .5)/max(1, measure.Quantile(talked, .5)), .85)
		return nil
	})
}

func (g *goals) always(ctx context.Context) error {
	return g.do(ctx, "sync always", []scenario.Spec{g.pipeline("always"), g.parley("parley, always", "always")}, func(ctx context.Context, systems []*scenario.System) error {
		rows, err := g.closed(ctx, systems, []int{500}, 2)
		g.least("sync always, 500 sockets, turns/s against the pipeline (one stream)", "0.47", "%.2f", rowFor(rows, "parley, always", 500).OfRate, 2)
		return err
	})
}

func (g *goals) together(ctx context.Context) error {
	one := g.parley("parley, one process", "100ms")
	one.Together = true
	return g.do(ctx, "one socket, all in one process", []scenario.Spec{g.pipeline("100ms"), one}, func(ctx context.Context, systems []*scenario.System) error {
		rows, err := g.closed(ctx, systems, []int{1}, 3)
		g.most("one socket alone, all in one process, p50 against the pipeline", "1.9 ×", "%.2f ×", rowFor(rows, one.Label, 1).OfP50, .6)
		return err
	})
}

func (g *goals) openLoop(ctx context.Context) error {
	return g.do(ctx, "open loop", []scenario.Spec{g.parley("parley", "100ms")}, func(ctx context.Context, systems []*scenario.System) error {
		leg, err := open(ctx, systems[0], g.plan, 500, g.report.top/2)
		leg.OfTop = .5
		g.report.Open = append(g.report.Open, leg)
		g.most(fmt.Sprintf("open loop at half of the top rate (%.0f/s), p99", leg.Asked), "73 to 89 ms", "%.1f ms", leg.Reply.P99, 15)
		return err
	})
}

func (g *goals) fans(ctx context.Context) error {
	return g.do(ctx, "fan-out", []scenario.Spec{g.parley("parley", "100ms")}, func(ctx context.Context, systems []*scenario.System) error {
		row, err := fanOut(ctx, systems[0], g.plan, goalViewers, goalFanOut)
		g.report.FanOut = append(g.report.FanOut, row)
		g.most(fmt.Sprintf("fan-out, %d viewers, %d/s, bot answering: ack → last viewer, p99", goalViewers, goalFanOut), "55 ms", "%.1f ms", row.Last.P99, 30)
		return err
	})
}

func (g *goals) idlers(ctx context.Context) error {
	spec := g.parley("parley", "100ms")
	spec.Profiles = true
	return g.do(ctx, "idle visitors", []scenario.Spec{spec}, func(ctx context.Context, systems []*scenario.System) error {
		row, err := idle(ctx, systems[0], g.plan, goalIdle)
		if err != nil {
			return err
		}
		g.report.Idle = append(g.report.Idle, row)
		for _, c := range []struct {
			part, greeted, after string
			want                 float64
		}{{"gateway", "20.3 KiB", "30.4 KiB", 12}, {"nats", "2.4 KiB", "8.7 KiB", 3}} {
			g.most(fmt.Sprintf("idle greeted visitor at %d, %s", goalIdle, c.part), c.greeted, "%.1f KiB", row.Greeted[c.part].Resident, c.want)
			g.most("after one turn each, "+c.part, c.after, "%.1f KiB", row.After[c.part].Resident, c.want)
		}
		return nil
	})
}

func (g *goals) storms(ctx context.Context) error {
	return g.do(ctx, "reconnect storm", []scenario.Spec{g.parley("parley", "100ms")}, func(ctx context.Context, systems []*scenario.System) error {
		row, err := storm(ctx, systems[0], g.plan, goalStorm)
		g.report.Storm = append(g.report.Storm, row)
		g.most(fmt.Sprintf("%d sockets cut at once: all back and caught up", goalStorm), "13.9 s", "%.1f s", row.Seconds, 6)
		g.add("how often one of them was asked to come again", "11,439", fmt.Sprint(row.ComeAgain), "< 500", row.ComeAgain < 500 && row.Missing == 0)
		return err
	})
}

func (g *goals) pages(ctx context.Context) error {
	spec := g.parley("parley", "100ms")
	spec.Stored = goalStored
	var err error
	if spec.Fill, err = proc.Fill(ctx, g.dir); err != nil {
		return err
	}
	return g.do(ctx, "pages", []scenario.Spec{spec}, func(ctx context.Context, systems []*scenario.System) error {
		row, err := paging(ctx, systems[0], g.plan, goalStored)
		g.report.Paging = append(g.report.Paging, row)
		g.most("page of 50 among 1 million events, p99", "6 to 9 ms", "%.1f ms", row.Page.P99, 3)
		return err
	})
}

func (g *goals) starts(ctx context.Context) error {
	row, err := ready(ctx, g.parley(filepath.Base(g.program), "100ms"), g.dir)
	g.report.Ready = append(g.report.Ready, row)
	g.most("start to ready, fresh folder", "0.43 s", "%.2f s", measure.Quantile(row.Took, .5), .3)
	return err
}
