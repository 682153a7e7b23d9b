// Command secrets generates the passwords, keys and certificates that an overlay reads
// from its folder secrets, which git ignores. Existing files stay as they are: to renew
// one, remove it and run the command again.
//
//	go run ./k8s/secrets k8s/overlays/local/secrets
//	go run ./k8s/secrets -host chat.example.org k8s/overlays/production/secrets
//	go run ./k8s/secrets -nats nats.eu.example.org k8s/overlays/eu/secrets
package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	host := flag.String("host", "", "the site's host name; if set, ingress.crt is generated too, to be replaced by one that browsers trust")
	nats := flag.String("nats", "", "the host name by which other regions reach NATS here, for the certificate; several with commas between")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "secrets: give one folder, such as k8s/overlays/local/secrets")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *host, strings.FieldsFunc(*nats, func(r rune) bool { return r == ',' || r == ' ' })...); err != nil {
		fmt.Fprintln(os.Stderr, "secrets:", err)
		os.Exit(1)
	}
}

func run(folder, host string, nats ...string) error {
	examples, err := filepath.Glob(filepath.Join(folder, "*.env.example"))
	if err != nil || len(examples) == 0 {
		return fmt.Errorf("%s is not an overlay's folder of secrets: it holds no *.env.example", folder)
	}
	for _, example := range examples {
		if err := ensure(strings.TrimSuffix(example, ".example"), func() ([]byte, error) { return fill(example) }); err != nil {
			return err
		}
	}
	// MongoDB accepts 6 to 1024 characters of base64.
	key := func() ([]byte, error) { return []byte(base64.StdEncoding.EncodeToString(random(741))), nil }
	if err := ensure(filepath.Join(folder, "mongo.key"), key); err != nil {
		return err
	}
	return certificates(folder, host, nats)
}

// fill gives each variable of an example that has no value a random one.
func fill(example string) ([]byte, error) {
	text, err := os.ReadFile(example)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if name, found := strings.CutSuffix(line, "="); found && !strings.HasPrefix(line, "#") {
			lines[i] = name + "=" + password()
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// password returns a random password of letters only: it is used in URLs as it is, and
// in a NATS configuration a digit at its beginning would make it a number.
func password() string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
	b := make([]byte, 0, 32)
	for len(b) < cap(b) {
		// Drop bytes that would favor some letters.
		if r := random(1)[0]; int(r) < 256/len(letters)*len(letters) {
			b = append(b, letters[int(r)%len(letters)])
		}
	}
	return string(b)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// ensure writes a file that only its owner can read, unless it exists.
func ensure(path string, content func() ([]byte, error)) error {
	_, err := os.Stat(path)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b, err := content()
	if err != nil {
		return err
	}
	fmt.Println("made", path)
	return os.WriteFile(path, b, 0o600)
}
