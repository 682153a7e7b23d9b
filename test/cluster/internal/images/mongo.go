// This file exists only because no image can be pulled on some machines.

package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/parley-chat/parley/test/cluster/internal/image"
	"github.com/parley-chat/parley/test/cluster/internal/tools"
)

// The commands that start.sh and the probes need from MongoDB's image and that busybox
// lacks.
const (
	bash = "#!/bin/sh\nexec /bin/sh \"$@\"\n"
	// install -m MODE FROM TO: the target may exist and be read-only.
	install = "#!/bin/sh\nset -e\nrm -f \"$4\"\ncp \"$3\" \"$4\"\nchmod \"$2\" \"$4\"\n"
	// entry listens only at the pod's own address, and its debug page only on loopback.
	entry = `#!/bin/sh
echo "A stand-in for MongoDB: FerretDB. It does without: $*"
password="$MONGO_INITDB_ROOT_PASSWORD"
unset MONGO_INITDB_ROOT_PASSWORD
exec /usr/local/bin/ferretdb --handler=sqlite --sqlite-url=file:/data/db/ --state-dir=/data/db --telemetry=disable \
  --repl-set-name=parley --listen-addr="$(hostname -f):27017" --debug-addr=127.0.0.1:8088 \
  --test-enable-new-auth --setup-database=admin --setup-username=root --setup-password="$password"
`
)

// mongo is FerretDB on SQLite, with users and a replica set name, and one member.
func (m *Maker) mongo(ctx context.Context, name, out string) error {
	tests := filepath.Join(m.Root, "pkg", "store", "mongostore", "ferrettest")
	ferret, mongosh := filepath.Join(m.Dir, "ferretdb"), filepath.Join(m.Dir, "mongosh")
	if err := m.ferret(ctx, tests, ferret); err != nil {
		return err
	}
	if err := tools.Go(ctx, tests, mongosh, "./cmd/mongosh", "-ldflags", "-s -w"); err != nil {
		return err
	}
	files, err := shell(ctx)
	if err != nil {
		return err
	}
	for _, dir := range []string{"usr", "usr/local", "usr/local/bin", "data"} {
		files = append(files, image.File{Name: dir, Dir: true, Mode: 0o755})
	}
	files = append(files, image.File{Name: "data/db", Dir: true, Mode: 0o755, Owner: 999},
		image.File{Name: "usr/local/bin/ferretdb", From: ferret, Mode: 0o755}, image.File{Name: "usr/local/bin/mongosh", From: mongosh, Mode: 0o755},
		image.File{Name: "bin/bash", Text: bash, Mode: 0o755}, image.File{Name: "usr/local/bin/install", Text: install, Mode: 0o755},
		image.File{Name: "usr/local/bin/docker-entrypoint.sh", Text: entry, Mode: 0o755})
	return image.Write(out, name, image.Config{Env: []string{"PATH=/usr/local/bin:/bin"}}, files)
}

// ferret builds FerretDB's own command, which supports users; the library does not. The
// command reads its version from a file that is not part of its module, so it is built
// from a copy that has one.
func (m *Maker) ferret(ctx context.Context, tests, out string) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}} {{.Version}}", "github.com/FerretDB/FerretDB")
	cmd.Dir = tests
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("find FerretDB's module: %w", err)
	}
	at := strings.Fields(string(text))
	if len(at) != 2 {
		return fmt.Errorf("find FerretDB's module: go mod download in %s first", tests)
	}
	source := filepath.Join(m.Dir, "ferret")
	if err := os.CopyFS(source, os.DirFS(at[0])); err != nil {
		return fmt.Errorf("copy FerretDB's module: %w", err)
	}
	version := filepath.Join(source, "build", "version")
	if err := os.MkdirAll(version, 0o755); err != nil {
		return fmt.Errorf("copy FerretDB's module: %w", err)
	}
	if err := os.WriteFile(filepath.Join(version, "version.txt"), []byte(at[1]+"\n"), 0o600); err != nil {
		return fmt.Errorf("copy FerretDB's module: %w", err)
	}
	return tools.Go(ctx, source, out, "./cmd/ferretdb")
}
