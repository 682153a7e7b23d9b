// This file exists only because no image can be pulled on some machines.

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/compose/internal/composefile"
	"github.com/parley-chat/parley/test/compose/internal/standin"
)

// product is the image that docker-compose.yml builds.
const product = "parley:local"

// images ensures that the engine has the images that the Dockerfile and this run's
// services need.
func (r *run) images(ctx context.Context) error {
	names, err := r.imageNames(ctx)
	if err != nil {
		return err
	}
	maker := standin.Maker{Client: r.client, Root: r.root, Dir: filepath.Join(r.dir, "standins")}
	if err := os.MkdirAll(maker.Dir, 0o700); err != nil {
		return err
	}
	for _, image := range names {
		if err := r.have(ctx, maker, image); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) have(ctx context.Context, maker standin.Maker, image string) error {
	name, _, _ := strings.Cut(image, ":")
	of, has := r.client.Image(ctx, image, standin.Label)
	switch {
	case has && of != "":
		r.standins[name] = true
		r.say("STAND-IN for %s, made by an earlier run.", image)
	case has:
		r.say("The engine has %s.", image)
	case r.pull:
		if _, err := r.client.Do(ctx, "pull", "-q", image); err != nil {
			return err
		}
		r.say("Pulled %s.", image)
	default:
		what, err := maker.Make(ctx, image)
		if err != nil {
			return err
		}
		r.standins[name] = true
		r.say("STAND-IN for %s: %s.", image, what)
	}
	return nil
}

// imageNames are the images that are needed: the builder's, and the services' except
// those of observability, which observe Parley and are not part of it.
func (r *run) imageNames(ctx context.Context) ([]string, error) {
	dockerfile, err := os.ReadFile(filepath.Join(r.root, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	builder, err := composefile.BuilderImage(string(dockerfile))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(r.root, "docker-compose.yml"))
	if err != nil {
		return nil, err
	}
	p, err := composefile.Load(ctx, r.root, text, composefile.Passwords)
	if err != nil {
		return nil, err
	}
	names := []string{builder}
	for _, s := range p.Services {
		if s.Image != product && !slices.Contains(s.Profiles, "observability") {
			names = append(names, s.Image)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// removeImages removes the stand-ins from an engine that is not ours: somebody would
// take them for the real ones.
func (r *run) removeImages() {
	if r.client.Ours || len(r.standins) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), endLimit)
	defer stop()
	ids, err := r.client.Do(ctx, "images", "-q", "--filter", "label="+standin.Label)
	if err == nil {
		_, err = r.client.Do(ctx, append([]string{"rmi", "-f", product}, strings.Fields(ids)...)...)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "up: the stand-ins could not be removed: %v\n", err)
	}
}
