#!/usr/bin/perl
#   layers.pl - includes go downwards only, and never in a circle
#
#   usage: layers.pl [ROOT]
#
#   A file in lib/ includes only files of its own layer and of the layers below
#   it, as "layer/file.h": %MAY says which. The owner's column (machine, log,
#   owner) and the client's (client, api, pipe, select) meet only below them.
#   The public headers include only each other, as "file.h". The tools, the
#   examples and the benchmarks include only <weir.h>, like any user's program.
#
#   A module is NAME.c with NAME.h. Each source has its own header, and no two
#   modules include each other, directly or through others.
#
#   SPDX-License-Identifier: MPL-2.0

use strict;
use warnings;
use File::Find;

#   The layers that each layer may include. lib/machine has layers inside.
my @LOW = qw(weir base codec);
my @VALUES = (@LOW, qw(machine/core machine/values));
my %MAY = (
    'weir' => [],
    'base' => [qw(weir)],
    'codec' => [qw(weir base)],
    'machine/core' => [@LOW],
    'machine/values' => [@LOW, qw(machine/core machine)],
    'machine' => [@LOW, qw(machine/core machine/kinds)],
    'machine/kinds' => [@VALUES, qw(machine)],
    'log' => [@LOW],
    'carrier' => [@LOW],
    'owner' => [@LOW, qw(machine log carrier)],
    'client' => [@LOW, qw(carrier)],
    'api' => [@LOW, qw(carrier client)],
    'pipe' => [@LOW, qw(carrier)],
    'select' => [@LOW, qw(carrier client api pipe)],
    'work' => [@LOW, qw(carrier client api pipe select)],
);
#   The only file in both columns: it starts owners.
my %ALSO = ('lib/api/owner.c' => 'owner');
#   Kinds that are built on another one.
my %KIND_MAY = ('condition' => 'lock', 'namespace' => 'dict');

#   No clock, files, threads or random numbers in the machine.
#   tests/tidy/symbols.sh checks its calls.
my %MACHINE_MAY = map { $_ => 1 } qw(
    assert.h errno.h float.h inttypes.h limits.h math.h stdarg.h stdbool.h stddef.h
    stdint.h stdio.h stdlib.h string.h uthash.h utarray.h utlist.h
);
my %MACHINE_MUST_NOT = map { $_ => 1 } qw(base/fork.h base/random.h);

my $root = $ARGV [0] // $ENV{srcdir} // '.';
my $findings = 0;

sub finding
{
    my ($path, $line, $text) = @_;
    print "$path:$line: $text\n";
    $findings++;
}

#   Returns the includes of a file, as [line, how, name]; how is < or ".
sub includes
{
    my ($path) = @_;
    open my $file, '<', "$root/$path" or die "$root/$path: $!\n";
    local $_;
    my @found;
    while (<$file>) {
        push @found, [$., $1, $2] if /^\s*#\s*include\s+([<"])([^>"]+)[>"]/;
    }
    return @found;
}

#   Returns the sources in a folder and in the folders below it.
sub sources
{
    my ($folder) = @_;
    my @found;
    find ({no_chdir => 1, wanted => sub {
        push @found, s{^\Q$root\E/}{}r if /\.[ch]$/;
    }}, "$root/$folder") if -d "$root/$folder";
    return sort @found;
}

#   Returns the folder of a file in %MAY: lib/machine/kinds/queue/items.c is in
#   machine/kinds.
sub layer_of
{
    my ($path) = @_;
    my $folder = $path =~ s{^lib/}{}r =~ s{/?[^/]*$}{}r;
    $folder =~ s{/[^/]*$}{} until exists $MAY{$folder} || $folder !~ m{/};
    return $folder;
}

#   Returns the kind of a file: machine/kinds/queue/items.h belongs to queue.
sub kind_of
{
    my ($path) = @_;
    return $path =~ m{machine/kinds/(\w+)[/.]} ? $1 : '';
}

sub check_public
{
    my ($path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        finding ($path, $line, "a public header includes inside: $what")
            if $how eq '"' && !-e "$root/lib/weir/$what";
    }
}

sub check_layer
{
    my ($path, $line, $what) = @_;
    my ($layer, $below) = (layer_of ($path), layer_of ($what));
    if (!-e "$root/lib/$what" || $what !~ m{/}) {
        finding ($path, $line, "not of the form layer/file.h: $what");
    } elsif ($layer =~ /^machine/ && $MACHINE_MUST_NOT{$what}) {
        finding ($path, $line, "the machine is pure, and includes $what");
    } elsif ($layer ne $below && ($ALSO{$path} // '') ne $below &&
             !grep { $_ eq $below } @{$MAY{$layer}}) {
        finding ($path, $line, "$layer must not include $below: $what");
    }
    my ($kind, $other) = (kind_of ($path), kind_of ($what));
    finding ($path, $line, "the kind $kind includes another one: $what")
        if $kind && $other && $kind ne $other && $other ne 'kinds' &&
           ($KIND_MAY{$kind} // '') ne $other &&
           ($KIND_MAY{$path =~ s{.*/(\w+)\.\w$}{$1}r} // '') ne $other;
}

sub check_inside
{
    my ($path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        if ($how eq '"') {
            check_layer ($path, $line, $what);
        } elsif ($path =~ m{^lib/machine/} && !$MACHINE_MAY{$what}) {
            finding ($path, $line, "the machine is pure, and includes <$what>");
        }
    }
}

#   Each source begins with the header that declares its functions: its own, a
#   public one, or the list of all kinds.
sub check_header
{
    my ($path) = @_;
    my $own = $path =~ s{^lib/(.*)\.c$}{$1.h}r;
    my ($first) = map { $_->[2] } grep { $_->[1] eq '"' } includes ($path);
    my $is_kind = $path =~ m{^lib/machine/kinds/} &&
                  ($first // '') eq 'machine/kinds/kinds.h';
    finding ($path, 1, "it does not begin with a header of its own: $own")
        unless $is_kind || ($first // '') eq $own ||
               (!-e "$root/lib/$own" && ($first // '') =~ m{^weir/});
}

#   Finds circles of modules, by depth first search.
sub check_circles
{
    my (%uses, %state, @way);
    foreach my $path (@_) {
        my $module = $path =~ s{^lib/}{}r =~ s/\.[ch]$//r;
        foreach (includes ($path)) {
            my $other = $_->[2] =~ s/\.h$//r;
            $uses{$module}{$other} = 1 if $_->[1] eq '"' && $other ne $module;
        }
    }
    my $visit;
    $visit = sub {
        my ($module) = @_;
        if (($state{$module} // '') eq 'on the way') {
            my ($first) = grep { $way [$_] eq $module } 0 .. $#way;
            finding ("lib/$module.h", 0, 'a circle of includes: ' .
                     join (' -> ', @way [$first .. $#way], $module));
        }
        return if $state{$module};
        $state{$module} = 'on the way';
        push @way, $module;
        $visit->($_) foreach sort keys %{$uses{$module}};
        pop @way;
        $state{$module} = 'done';
    };
    $visit->($_) foreach sort keys %uses;
}

sub check_program
{
    my ($path) = @_;
    foreach (includes ($path)) {
        my ($line, $how, $what) = @$_;
        finding ($path, $line, "a program includes <weir.h>, not $what")
            if $how eq '"' || $what =~ m{/} && $what !~ m{^sys/};
    }
}

opendir my $directory, "$root/lib" or die "$root/lib: $!\n";
foreach (sort grep { !/^\./ && -d "$root/lib/$_" } readdir $directory) {
    finding ("lib/$_", 0, 'no such layer: see %MAY in tests/tidy/layers.pl')
        unless exists $MAY{$_};
}
check_public ($_) foreach sources ('lib/weir');
my @inside = grep { m{^lib/\w+/} && !m{^lib/weir/} } sources ('lib');
check_inside ($_) foreach @inside;
check_header ($_) foreach grep { /\.c$/ } @inside;
check_circles (@inside);
check_program ($_) foreach map { sources ($_) } qw(tools examples bench);
print "$findings findings\n" if $findings;
exit ($findings ? 1 : 0);
