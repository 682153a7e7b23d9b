package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.env.example"), []byte("# A comment=\nONE=\nTWO=set\n#THREE=\nFOUR=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	return all
}

func TestExistingFilesStay(t *testing.T) {
	dir := folder(t)
	if err := run(dir, "chat.example.org"); err != nil {
		t.Fatal(err)
	}
	before := read(t, dir)
	lines := strings.Split(before["a.env"], "\n")
	one, four := strings.TrimPrefix(lines[1], "ONE="), strings.TrimPrefix(lines[4], "FOUR=")
	if len(one) != 32 || len(four) != 32 || one == four || lines[2] != "TWO=set" || lines[3] != "#THREE=" {
		t.Errorf("a.env is %q", before["a.env"])
	}
	// Only the NATS pair is renewed.
	for _, name := range []string{"nats.crt", "nats.key"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(dir, "chat.example.org"); err != nil {
		t.Fatal(err)
	}
	for name, text := range read(t, dir) {
		if renewed := strings.HasPrefix(name, "nats."); renewed != (text != before[name]) {
			t.Errorf("%s: renewed %v", name, text != before[name])
		}
	}
	if err := os.Remove(filepath.Join(dir, "nats.key")); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, ""); err == nil || !strings.Contains(err.Error(), "nats.key") {
		t.Errorf("half a pair: %v", err)
	}
}

func TestTheCertificatesAreValidForTheServices(t *testing.T) {
	dir := folder(t)
	if err := run(dir, "chat.example.org"); err != nil {
		t.Fatal(err)
	}
	files := read(t, dir)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(files["ca.crt"]))
	for pair, names := range map[string][]string{
		"nats":    {"nats", "nats-0.nats-nodes", "nats-2.nats-nodes.parley.svc.cluster.local", "127.0.0.1"},
		"ingress": {"chat.example.org"},
	} {
		cert, err := tls.X509KeyPair([]byte(files[pair+".crt"]), []byte(files[pair+".key"]))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if _, err := cert.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
			t.Errorf("%s as a client: %v", pair, err)
		}
	}
}

// As described in docs/kubernetes.md.
func TestTheAuthorityIsRenewedWhileBothAreTrusted(t *testing.T) {
	dir := folder(t)
	if err := run(dir, ""); err != nil {
		t.Fatal(err)
	}
	before := read(t, dir)
	remove := func(names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(dir, ""); err != nil {
			t.Fatal(err)
		}
	}
	trusts := func(ca, cert string) bool {
		t.Helper()
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM([]byte(ca))
		block, _ := pem.Decode([]byte(cert))
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Verify(x509.VerifyOptions{DNSName: "nats", Roots: roots})
		return err == nil
	}
	remove("ca.crt", "ca.key")
	fresh := read(t, dir)["ca.crt"]
	both := fresh + before["ca.crt"]
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), []byte(both), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := read(t, dir); after["nats.crt"] != before["nats.crt"] || !trusts(both, after["nats.crt"]) {
		t.Error("clients that trust both no longer trust the servers")
	}
	remove("nats.crt", "nats.key")
	if after := read(t, dir); after["ca.crt"] != both || !trusts(fresh, after["nats.crt"]) || trusts(before["ca.crt"], after["nats.crt"]) {
		t.Error("the servers' new certificate is not the new authority's")
	}
}

func TestAnyOtherFolderIsLeftAlone(t *testing.T) {
	if err := run(t.TempDir(), ""); err == nil {
		t.Error("secrets were written to a folder that is not for them")
	}
}

// Other regions reach NATS under a name of its own, which its certificate has to have.
func TestTheCertificateHasTheNameForOtherRegions(t *testing.T) {
	dir := folder(t)
	if err := run(dir, "", "nats.eu.example.org"); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(read(t, dir)["nats.crt"]))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nats.eu.example.org", "nats"} {
		if err := cert.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
}
