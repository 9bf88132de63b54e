package executor

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Ahead is a catalog that is being read while a spec is, for [Options]: what there is to read of a whole cluster does
// not depend on the spec.
type Ahead struct {
	exchange *exchange
	// stop ends it early.
	stop       context.CancelFunc
	inspection *inspection
	sent       <-chan error
	// taken tells when all is read that was asked for first, and progress what is read meanwhile.
	taken    chan error
	progress chan Progress
	ended    bool
}

const (
	// leastAhead is how many bytes of a spec take long enough to read that something can be done meanwhile.
	leastAhead = 1 << 16
	// bytesOfThing is how many bytes of a spec there are at least for each role, membership or relation of a cluster
	// that it may be about.
	bytesOfThing = 4
)

// ReadAhead begins to read the catalog on a connection that is outside of a transaction, for a spec of which only the
// length of its text is known, in bytes. It is nil for a spec that is read in no time. The server itself finds out
// whether the cluster is small enough for a spec of this length to be about most of it; otherwise it reads nothing.
// What comes of it is for the first plan that is made with it, on the same connection, which is not to be used for
// anything else before; without one, it has to be ended.
func ReadAhead(ctx context.Context, conn *pgx.Conn, length int) (*Ahead, error) {
	if length < leastAhead {
		return nil, nil
	}
	if err := outsideTransaction(conn); err != nil {
		return nil, err
	}
	a := &Ahead{
		inspection: newInspection(conn, catalog.Scope{}, extent{most: int64(length / bytesOfThing)}),
		taken:      make(chan error, 1),
		progress:   make(chan Progress, 64), // more than there are questions
	}
	ctx, a.stop = context.WithCancel(ctx)
	l := line{conn, func(p Progress) { a.progress <- p }}
	requests := append(opening(conn, script.Reading), asking(a.inspection.readingAll()...)...)
	a.exchange = l.exchange(ctx)
	a.sent = a.exchange.say(requests, false)
	go func() {
		a.taken <- a.exchange.take(requests)
		close(a.progress)
	}()
	return a, nil
}

// serves tells whether there is something to be had on a connection.
func (a *Ahead) serves(conn *pgx.Conn) bool {
	return a != nil && !a.ended && a.exchange.in.conn == conn
}

// inspect gives what a scope asks for, and asks something more in the same snapshot; nil: more has to be read than was.
func (a *Ahead) inspect(ctx context.Context, l line, scope catalog.Scope, e *extent, along []request) (*catalog.Catalog, error) {
	i := a.inspection
	i.scope = scope
	defer context.AfterFunc(ctx, a.stop)()
	if ctx.Err() != nil {
		a.stop() // at once: it would come a moment later, when all may be read
	}
	if err := a.end(l, slices.Concat(asking(i.readingPasswords()...), along, asking(closing))); err != nil {
		return nil, errors.Join(err, abandon(l.conn))
	}
	if !i.servesAhead() {
		return nil, nil
	}
	*e = extent{known: true, whole: true}
	return i.catalog, nil
}

// servesAhead tells whether all that the scope asks for was read, but for passwords.
func (i *inspection) servesAhead() bool { return i.extent.whole && isPlain(i.scope) }

// end asks what is left to ask, at once, and takes all answers.
func (a *Ahead) end(l line, rest []request) error {
	a.ended = true
	defer a.stop()
	unsent := <-a.sent
	sent := a.exchange.say(rest, true)
	for p := range a.progress {
		l.tell(p)
	}
	err := cmp.Or(<-a.taken, unsent)
	if err == nil {
		if a.inspection.servesAhead() {
			a.inspection.finish() // while the server is busy with the rest
		}
		a.exchange.in.line = l
		err = a.exchange.take(rest)
	}
	return a.exchange.end(err, sent)
}

// End ends what no plan was made with: the connection is closed then. There may be nothing to end.
func (a *Ahead) End() {
	if a == nil || a.ended {
		return
	}
	a.stop()
	conn := a.exchange.in.conn
	_ = a.end(line{conn: conn}, nil) // whoever stops it does not want to know
	hangUp(conn)
}
