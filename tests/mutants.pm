#   mutants.pm - tables of faults to put into the code on purpose
#
#   A row has a name, a description of the fault, the file and, behind it,
#   programs that are likely to find the fault; the original, which must be in
#   the file exactly once; and the mutant:
#
#       === name
#       description of the fault
#       lib/owner/loop.c [PROGRAM ...]
#       ---
#       original
#       +++
#       mutant
#
#   SPDX-License-Identifier: MPL-2.0

package mutants;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(read_file read_table mutate choose);

sub read_file
{
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

sub read_table
{
    my ($data) = @_;
    my @table;
    my $text = do { local $/; <$data> };
    foreach (split /^=== /m, $text) {
        next unless /\S/;
        /^(\S+)\n([^\n]+)\n(\S+)([^\n]*)\n---\n(.*?)\n\+\+\+\n(.*?)\n*\z/s
            or die "cannot read the row '$_'\n";
        push @table, {name => $1, fault => $2, path => $3,
                      hints => [split ' ', $4], original => $5, mutant => $6};
    }
    return @table;
}

#   Returns the text of the mutated file.
sub mutate
{
    my ($row) = @_;
    my $text = read_file ($row->{path});
    #   Code that only moved to the right or left is the same.
    my $original = join '\s+', map { quotemeta } split ' ', $row->{original};
    my $places = () = $text =~ /$original/g;
    die "$row->{name}: its original is $places times in $row->{path}, not " .
        "once:\n$row->{original}\n" unless $places == 1;
    $text =~ s/$original/$row->{mutant}/;
    return $text;
}

#   Returns the rows of these names; without names, all rows.
sub choose
{
    my ($table, @names) = @_;
    return @$table unless @names;
    my %wanted = map { $_ => 1 } @names;
    my @rows = grep { delete $wanted{$_->{name}} } @$table;
    die 'there is no mutant ' . join (', ', sort keys %wanted) . "\n" if %wanted;
    return @rows;
}

1;
