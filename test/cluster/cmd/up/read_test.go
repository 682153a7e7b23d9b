package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatDiffersIsReadFromKubectl(t *testing.T) {
	const out = "diff -u -N /tmp/LIVE-1/batch.v1.Job.parley.setup /tmp/MERGED-2/batch.v1.Job.parley.setup\n" +
		"--- /tmp/LIVE-1/batch.v1.Job.parley.setup\n+a line\n" +
		"diff -u -N /tmp/LIVE-1/apps.v1.Deployment.parley.gateway /tmp/MERGED-2/apps.v1.Deployment.parley.gateway\n"
	if got := differs(out); !slices.Equal(got, []string{"batch.v1.Job.parley.setup", "apps.v1.Deployment.parley.gateway"}) {
		t.Errorf("%q", got)
	}
	if got := differs(""); got != nil {
		t.Errorf("no differences, but got %q", got)
	}
}

func TestPausesThatDoNotGrowAreFound(t *testing.T) {
	log := func(pauses ...time.Duration) (text string) {
		at := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
		for _, p := range append([]time.Duration{0}, pauses...) {
			at = at.Add(p)
			text += fmt.Sprintf("{\"try\":1,\"time\":%q,\"message\":\"waiting for NATS\"}\n", at.Format(time.RFC3339Nano))
		}
		return text
	}
	if _, err := growing(log(time.Second, 2*time.Second, 3*time.Second, 4*time.Second)); err != nil {
		t.Error(err)
	}
	if _, err := growing(log(time.Second, time.Second, time.Second, time.Second)); err == nil {
		t.Error("pauses that stay the same are not rejected")
	}
	if _, err := growing(log(time.Second, 4*time.Second)); err == nil {
		t.Error("too few tries are not rejected")
	}
}

// What is added to the overlay stands where kustomize reads it.
func TestTheOverlayTakesThePagesOwnRole(t *testing.T) {
	text, err := os.ReadFile("../../../../" + overlay + "/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed, err := withPages(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\ncomponents:\n  - ../../components/web\n", "\npatches:\n  - target: { kind: Service, name: web }\n", "name: web }, $patch: delete }\n  - path: storage.yaml\n  - path: small.yaml\n"} {
		if strings.Count(changed, want) != 1 {
			t.Errorf("%q is not once in\n%s", want, changed)
		}
	}
	if _, err := withPages("resources: []\n"); err == nil {
		t.Error("an overlay without patches is not rejected")
	}
}

func TestImagesAreReadFromManifests(t *testing.T) {
	const text = "      containers:\n      - image: parley:local\n        name: x\n      - name: y\n        image: nats:2.15.2\n"
	var got []string
	for _, m := range imageLine.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, []string{"parley:local", "nats:2.15.2"}) {
		t.Errorf("%q", got)
	}
}
