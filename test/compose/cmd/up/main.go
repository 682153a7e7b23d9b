// Command up builds Parley's image, brings docker-compose.yml up on a real Docker engine,
// and makes visitors talk while services are scaled and containers die. It prints what it
// did with which images. The exit code is 1 at the first broken promise, and 3 if no
// engine can run.
//
//	go run ./cmd/up               what `make compose` does
//	go run ./cmd/up -pull         with the public images; else those that the
//	                              engine lacks get stand-ins of the same name
//	go run ./cmd/up -browser      also plays the story of test/browser through it,
//	                              while a crowd talks; needs a Chromium
//	go run ./cmd/up -pictures F   and keeps in a folder what the pages showed
//	go run ./cmd/up -keep F       keeps the images of an engine of our own in a
//	                              folder for the next run; remove it when go.mod
//	                              changes
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/compose/internal/composefile"
	"github.com/parley-chat/parley/test/compose/internal/docker"
	"github.com/parley-chat/parley/test/internal/tree"
)

// run is one run of the command.
type run struct {
	client   *docker.Client
	project  *docker.Project
	root     string
	dir      string // for temporary files; removed at the end
	pull     bool
	browser  bool
	pictures string // folder; empty: no pictures
	keep     string // folder for an engine of our own; empty: in dir
	ports    [2]int // of this machine, for gateways
	standins map[string]bool
	began    time.Time
}

func main() {
	r := &run{began: time.Now(), standins: map[string]bool{}}
	flag.BoolVar(&r.pull, "pull", false, "pull the images that the engine lacks")
	flag.BoolVar(&r.browser, "browser", false, "play the story of test/browser through it, too")
	flag.StringVar(&r.pictures, "pictures", "", "folder for pictures of the pages under load; -browser with it")
	flag.StringVar(&r.keep, "keep", "", "folder that keeps the images of an engine of our own for the next run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.all(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "up: %v\n", err)
		if errors.Is(err, docker.ErrNone) {
			os.Exit(3)
		}
		os.Exit(1)
	}
	r.say("All promises held.")
}

// say prints a line with the time since the beginning.
func (r *run) say(format string, v ...any) {
	fmt.Printf("%6.1f s  %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, v...))
}

func (r *run) all(ctx context.Context) (err error) {
	if r.root, err = tree.Root(); err != nil {
		return err
	}
	if r.dir, err = os.MkdirTemp("", "parley-up-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(r.dir) }()
	engine := filepath.Join(r.dir, "engine")
	if r.keep != "" {
		if engine, err = filepath.Abs(r.keep); err != nil {
			return err
		}
	}
	if r.pictures != "" {
		r.browser = true
		if r.pictures, err = filepath.Abs(r.pictures); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(engine, 0o700); err != nil {
		return err
	}
	client, stop, err := docker.Find(ctx, engine, r.say)
	if err != nil {
		return err
	}
	defer stop()
	r.client = client
	if err := r.images(ctx); err != nil {
		return err
	}
	defer r.removeImages()
	if err := r.image(ctx); err != nil {
		return err
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	defer r.end(&err)
	return r.story(ctx)
}

// story is what has to hold, in the order in which a newcomer would encounter it.
func (r *run) story(ctx context.Context) error {
	if err := r.up(ctx); err != nil {
		return err
	}
	first, err := r.conversation(ctx)
	if err != nil {
		return err
	}
	if err := r.badInput(ctx); err != nil {
		return err
	}
	if err := r.pagesApart(ctx); err != nil {
		return err
	}
	crowd, err := r.scaled(ctx)
	if err != nil {
		return err
	}
	if r.browser {
		more, err := r.browsed(ctx)
		if err != nil {
			return err
		}
		crowd = append(crowd, more...)
	}
	if err := r.downAndUp(ctx, append(crowd, first)); err != nil {
		return err
	}
	if err := r.cluster(ctx); err != nil {
		return err
	}
	return r.regions(ctx)
}

// prepare writes the project's .env and the overrides that the stand-ins need.
func (r *run) prepare(ctx context.Context) (err error) {
	if r.ports, err = freePorts(); err != nil {
		return err
	}
	r.project = &docker.Project{
		Client: r.client, Name: fmt.Sprintf("parleytest%d", os.Getpid()), Root: r.root,
		Files: []string{filepath.Join(r.root, "docker-compose.yml")}, EnvFile: filepath.Join(r.dir, "env"),
	}
	if err := r.writeEnv(); err != nil {
		return err
	}
	if r.standins["mongo"] {
		file := filepath.Join(r.dir, "standin.yml")
		text := "services:\n"
		for _, region := range []string{"", "-ap"} {
			text += fmt.Sprintf("  historyworker%[1]s:\n    environment:\n      MONGO_URL: mongodb://mongo%[1]s:27017/parley\n", region)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
		r.project.Files = append(r.project.Files, file)
	}
	version, err := r.project.Tool(ctx)
	if err != nil {
		return err
	}
	r.say("The compose command: %s.", version)
	return nil
}

// writeEnv writes passwords, ports and the given settings.
func (r *run) writeEnv(more ...string) error {
	text := fmt.Sprintf("GATEWAY_PORTS=127.0.0.1:%d-%d\nRATE_PER_ADDRESS=500\nRATE_PER_CONNECTION=50\nBYTES_PER_ADDRESS=0\nMESSAGES_PER_ADDRESS=0\nBYTES_PER_CHAT=0\nMESSAGES_PER_CHAT=0\nREAD_PER_ADDRESS=0\n", r.ports[0], r.ports[1])
	for _, line := range append(composefile.Passwords, more...) {
		text += line + "\n"
	}
	return os.WriteFile(r.project.EnvFile, []byte(text), 0o600)
}

// endLimit bounds the cleanup, which also happens after Ctrl-C.
const endLimit = 2 * time.Minute

// end takes everything down. If something failed, it shows the logs first.
func (r *run) end(failed *error) {
	ctx, stop := context.WithTimeout(context.Background(), endLimit)
	defer stop()
	if *failed != nil {
		all, _ := r.project.Containers(ctx, "")
		for _, c := range all {
			fmt.Fprintf(os.Stderr, "--- %s is %s and %s\n%s", c.Name, c.State, c.Health, r.project.Logs(ctx, c))
		}
	}
	if _, err := r.project.Compose(ctx, "down", "--volumes", "--timeout", "10"); err != nil && *failed == nil {
		*failed = err
	}
}
