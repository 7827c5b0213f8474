// Package pgtest starts a PostgreSQL server for a test: a private one, in a folder of its own that is thrown away, which
// listens on a socket in that folder and nowhere else.
//
// It needs PostgreSQL's programs (Debian: package postgresql) and, for root, the user postgres or nobody. Where they
// are missing the test is skipped, unless ACTIVATOR_NEED_POSTGRES is set: then it fails.
package pgtest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Need is the environment variable that makes a test fail where there is no PostgreSQL.
const Need = "ACTIVATOR_NEED_POSTGRES"

// superuser is the server's superuser, whom it lets in without a password.
const superuser = "activator"

// Server is a running server.
type Server struct {
	dir  string
	bin  string
	proc *exec.Cmd
	done chan struct{}
}

var shared struct {
	sync.Mutex
	server *Server
	err    error
}

// Shared returns the server of this test binary, which is started when first asked for. TestMain must call Stop.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start()
	}
	if shared.err != nil {
		unavailable(tb, shared.err)
	}
	return shared.server
}

// New returns a server of the test's own, to be killed as it likes.
func New(tb testing.TB) *Server {
	tb.Helper()
	s, err := start()
	if err != nil {
		unavailable(tb, err)
	}
	tb.Cleanup(s.stop)
	return s
}

func unavailable(tb testing.TB, err error) {
	tb.Helper()
	if os.Getenv(Need) != "" {
		tb.Fatalf("no PostgreSQL, and %s is set: %v", Need, err)
	}
	tb.Skipf("NOT TESTED: no PostgreSQL here: %v", err)
}

// Stop stops the server of Shared, if there is one.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.stop()
		shared.server = nil
	}
}

// programs finds the folder of PostgreSQL's programs: in the search path, or where Debian keeps them, newest first.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(p), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("initdb: expected it in the search path or in /usr/lib/postgresql/VERSION/bin, found none; Debian's package is postgresql")
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a)) })
	return filepath.Dir(found[0]), nil
}

func start() (_ *Server, err error) {
	s := &Server{}
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	parent := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() { // in memory: a test's fsync need not wait for a disk
		parent = "/dev/shm"
	}
	if s.dir, err = os.MkdirTemp(parent, "pgtest-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(s.dir)
		}
	}()
	if err := giveAway(s.dir); err != nil {
		return nil, err
	}
	if out, err := s.command("initdb", "-D", s.data(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "-N").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	settings := fmt.Sprintf(`
listen_addresses = ''
unix_socket_directories = '%s'
max_connections = 100
shared_buffers = 64MB
max_wal_senders = 0
dynamic_shared_memory_type = mmap
wal_level = minimal
`, s.dir)
	hba := "local all " + superuser + " trust\nlocal all all scram-sha-256\n" // others need a password
	for name, text := range map[string]string{"postgresql.auto.conf": settings, "pg_hba.conf": hba} {
		f, err := os.OpenFile(filepath.Join(s.data(), name), os.O_WRONLY|os.O_TRUNC, 0)
		if err == nil {
			_, err = f.WriteString(text)
			f.Close()
		}
		if err != nil {
			return nil, err
		}
	}
	return s, s.Start()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// command is one of PostgreSQL's programs, as a user that it accepts.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	asUser(cmd)
	return cmd
}

// Start starts the server, after Kill too, and waits until it answers.
func (s *Server) Start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	var last error
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		cmd := s.command("postgres", "-D", s.data())
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Start(); err != nil {
			return err
		}
		s.proc, s.done = cmd, make(chan struct{})
		go func(done chan struct{}) {
			cmd.Wait()
			close(done)
		}(s.done)
		if last = s.answers(deadline); last == nil {
			return nil
		}
		s.Kill() // it ended by itself, while another one's processes were still there
	}
	text, _ := os.ReadFile(log.Name())
	return fmt.Errorf("postgres does not answer: %w\n%s", last, text[max(0, len(text)-2000):])
}

// answers waits until the server takes connections, or ends.
func (s *Server) answers(deadline time.Time) error {
	for {
		conn, err := pgx.Connect(context.Background(), s.URL("postgres"))
		if err == nil {
			return conn.Close(context.Background())
		}
		select {
		case <-s.done:
			return err
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// Kill kills the server as a power cut would.
func (s *Server) Kill() {
	s.proc.Process.Kill()
	<-s.done
}

func (s *Server) stop() {
	s.Kill()
	for range 100 { // its processes notice, one after the other, that it is gone, and may write until then
		if os.RemoveAll(s.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// URL returns the address of a database of the server.
func (s *Server) URL(database string) string { return s.URLOf(superuser, database) }

// URLOf is URL for another user.
func (s *Server) URLOf(user, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: url.Values{"host": {s.dir}}.Encode()}
	return u.String()
}

// Exec runs statements in a database as the superuser.
func (s *Server) Exec(database string, statements ...string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// Database makes an empty database and returns its name.
func (s *Server) Database() (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	return name, s.Exec("postgres", "CREATE DATABASE "+name)
}

// Copy makes a database that is a copy of another, whose connections it ends.
func (s *Server) Copy(from string) (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	return name, s.Exec("postgres",
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"+from+"'",
		"CREATE DATABASE "+name+" TEMPLATE "+from)
}

// Drop removes a database, whose connections it ends.
func (s *Server) Drop(name string) error {
	return s.Exec("postgres", "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}
