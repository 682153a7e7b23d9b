package tools

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestTheVersionIsThatOfGoMod(t *testing.T) {
	text, err := os.ReadFile("../../tools/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	flags, err := stamp(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(flags, "version.gitVersion=v1.") || !strings.Contains(flags, "version.gitMajor=1 ") {
		t.Errorf("the flags are %s", flags)
	}
	for _, p := range programs {
		if !strings.Contains(string(text), "\t"+p.pkg+"\n") {
			t.Errorf("go.mod has no tool %s", p.pkg)
		}
	}
	if _, err := stamp("module x\n"); err == nil {
		t.Error("a go.mod without Kubernetes is accepted")
	}
}

func TestWhatIsMissingIsNamedWithItsPackage(t *testing.T) {
	err := missing(func(what string) bool { return what != "ctr" && what != "containerd" && what != "nft" })
	if !errors.Is(err, ErrMissing) || !strings.HasSuffix(err.Error(), "this machine has no containerd, ctr, nft (Debian: apt-get install containerd nftables)") {
		t.Errorf("%v", err)
	}
	if err := missing(func(string) bool { return true }); err != nil {
		t.Errorf("nothing is missing: %v", err)
	}
}
