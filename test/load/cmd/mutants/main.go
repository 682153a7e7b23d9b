// Command mutants proves that the torture and the attacks of cmd/hostile notice what they
// are there for: it builds Parley without each mechanism in turn, and they must catch each
// build.
//
//	go run ./cmd/mutants                    all of them; takes half an hour
//	go run ./cmd/mutants message-id reread  these
//
// It exits with 1 if one was not caught in -tries runs.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

func main() {
	tries := flag.Int("tries", 4, "how many runs, each with another seed, catch a mutant at the latest")
	seed := flag.Uint64("seed", 1, "seed of the first try")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	survived, err := run(ctx, *tries, *seed, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if survived > 0 {
		os.Exit(1)
	}
}

// run returns how many survived.
func run(ctx context.Context, tries int, seed uint64, names []string) (survived int, err error) {
	if len(names) == 0 {
		names = mutant.Names()
	}
	dir, err := os.MkdirTemp("", "parley-mutants-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	torture, err := proc.Build(ctx, "test/load", "./cmd/torture", dir, "torture")
	if err != nil {
		return 0, err
	}
	hostile, err := proc.Build(ctx, "test/load", "./cmd/hostile", dir, "hostile")
	if err != nil {
		return 0, err
	}
	regions, err := proc.Build(ctx, "test/load", "./cmd/regions", dir, "regions")
	if err != nil {
		return 0, err
	}
	rows := []string{"without\tpromise\tcaught by\tin run\tafter"}
	for _, m := range mutant.All() {
		if !slices.Contains(names, m.Name) {
			continue
		}
		row := m.Name + "\t" + m.Promise + "\tNOT CAUGHT\t\t"
		survived++
		began := time.Now()
		for try := range tries {
			program, args := torture, append(arguments(m), "-seed", fmt.Sprint(seed+uint64(try)), "-dir", filepath.Join(dir, fmt.Sprint(m.Name, "-", try)))
			if m.Regions {
				program, args = regions, append(append([]string{"-length", "45s", "-quiet", "40s", "-every", "5s", "-harms", "0", "-moves", "2s"}, m.Args...), args[len(arguments(m)):]...)
			}
			if m.Attack != "" {
				program, args = hostile, []string{"-short", "-seconds", "5", "-guests", "6", "-attack", m.Attack}
			}
			args = append(args, "-without", m.Name)
			fmt.Println(filepath.Base(program), strings.Join(args, " "))
			rules, err := tried(ctx, program, args)
			if err != nil {
				return survived, err
			}
			if len(rules) > 0 {
				row = fmt.Sprintf("%s\t%s\t%s\t%d\t%v", m.Name, m.Promise, strings.Join(rules, ", "), try+1, time.Since(began).Round(time.Second))
				survived--
				break
			}
		}
		fmt.Println(row)
		rows = append(rows, row)
	}
	fmt.Println()
	measure.Table(os.Stdout, rows...)
	return survived, nil
}

// arguments of a run in which the mutant can be caught; the later of two counts. A
// visitor who waits for an answer writes nothing before it comes, which would hide that
// it never does.
func arguments(m mutant.Mutant) []string {
	return append([]string{
		"-harm", "kill,pause,cut,freeze,roll", "-every", "2s", "-length", "45s", "-nodes", "1",
		"-visitors", "30", "-agents", "6", "-rate", "40", "-quiet", "40s", "-patience", "10m",
	}, m.Args...)
}

var broken = regexp.MustCompile(`(?m)^(\S+) \(promise \d.*\) is broken`)

// tried runs the torture, or the attack, and returns the broken rules. A run that did not come to
// rest, or has dead letters, counts as well: that is how a missing answer shows.
func tried(ctx context.Context, program string, args []string) (rules []string, err error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		return nil, fmt.Errorf("the run failed: %w\n%s", err, out.String())
	}
	for _, m := range broken.FindAllStringSubmatch(out.String(), -1) {
		rules = append(rules, m[1])
	}
	if _, fault, ok := strings.Cut(out.String(), "DOES NOT HOLD: "); ok {
		fault, _, _ = strings.Cut(fault, "\n")
		rules = append(rules, fault)
	}
	if strings.Contains(out.String(), "not quiet at the end:") {
		rules = append(rules, "not quiet")
	}
	return rules, nil
}
