// Package tools provides the programs of a cluster: those of Kubernetes and its
// add-ons, which are built from the module in test/cluster/tools because some machines
// can't pull their images, and those installed on this machine.
package tools

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// programs are the packages that the module in tools builds, with the programs' names.
var programs = []struct{ name, pkg string }{
	{"etcd", "go.etcd.io/etcd/server/v3"},
	{"kubectl", "k8s.io/kubernetes/cmd/kubectl"},
	{"kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"},
	{"kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"},
	{"kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"},
	{"kubelet", "k8s.io/kubernetes/cmd/kubelet"},
	{"kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy"},
	{"coredns", "github.com/coredns/coredns"},
	{"kube-network-policies", "sigs.k8s.io/kube-network-policies/cmd"},
}

// Build builds the programs that are not in the folder yet, and returns their names.
func Build(ctx context.Context, root, dir string) (built []string, err error) {
	module := filepath.Join(root, "test", "cluster", "tools")
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("read which tools there are: %w", err)
	}
	flags, err := stamp(string(text))
	if err != nil {
		return nil, err
	}
	for _, p := range programs {
		out := filepath.Join(dir, p.name)
		if _, err := os.Stat(out); err == nil {
			continue
		}
		if err := Go(ctx, module, out, p.pkg, "-ldflags", flags); err != nil {
			return built, err
		}
		built = append(built, p.name)
	}
	return built, nil
}

// Go builds one program. Other work on this machine gets the processors first.
func Go(ctx context.Context, module, out, pkg string, flags ...string) error {
	// Built under another name: a partial file left by Ctrl-C would be taken for a
	// complete one.
	half := out + ".half"
	args := append([]string{"-n", "15", "go", "build", "-p", "1", "-trimpath", "-buildvcs=false", "-o", half}, flags...)
	cmd := exec.CommandContext(ctx, "nice", append(args, pkg)...)
	cmd.Dir, cmd.Env = module, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, text)
	}
	if err := os.Rename(half, out); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	return nil
}

var kubernetes = regexp.MustCompile(`(?m)^\s*(?:require )?k8s\.io/kubernetes (v(\d+)\.(\d+)\.\S+)`)

// stamp returns flags that set the Kubernetes version of go.mod in its programs;
// without it they consider themselves v0.0.0 and refuse one another.
func stamp(gomod string) (flags string, err error) {
	m := kubernetes.FindStringSubmatch(gomod)
	if m == nil {
		return "", errors.New("the tools' go.mod names no k8s.io/kubernetes")
	}
	flags = "-s -w"
	for i, field := range []string{"gitVersion", "gitMajor", "gitMinor"} {
		flags += fmt.Sprintf(" -X k8s.io/component-base/version.%s=%s", field, m[i+1])
	}
	return flags, nil
}

// machine lists the programs that must be installed, and the Debian package of each.
var machine = []struct{ what, pkg string }{
	{"containerd", "containerd"}, {"ctr", "containerd"}, {"runc", "runc"},
	{"/usr/lib/cni/ptp", "containernetworking-plugins"}, {"/usr/lib/cni/host-local", "containernetworking-plugins"},
	{"iptables", "iptables"}, {"nft", "nftables"}, {"conntrack", "conntrack"},
	{"ip", "iproute2"}, {"nsenter", "util-linux"}, {"sysctl", "procps"}, {"busybox", "busybox-static"},
}

// ErrMissing means that no cluster can run here. The error that wraps it says what is
// missing.
var ErrMissing = errors.New("no cluster can be started here")

// Missing returns an error that says what the machine lacks, or nil.
func Missing() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: it takes root", ErrMissing)
	}
	return missing(func(what string) bool { _, err := exec.LookPath(what); return err == nil })
}

func missing(has func(what string) bool) error {
	var what, packages []string
	for _, m := range machine {
		if has(m.what) {
			continue
		}
		what = append(what, m.what)
		if len(packages) == 0 || packages[len(packages)-1] != m.pkg {
			packages = append(packages, m.pkg)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return fmt.Errorf("%w: this machine has no %s (Debian: apt-get install %s)", ErrMissing, strings.Join(what, ", "), strings.Join(packages, " "))
}
