/*  weir-sim.c - the simulator's command

    weir-sim --seeds A..B       runs these seeds
    weir-sim --seed N           runs one, and tells what happens in it
    weir-sim --soak FILE --seconds N
                                runs seeds for so long; the file remembers the
                                next one, the first is random and printed
        --faults N --steps N --processes N --links N    to narrow it down

    A seed that fails is made smaller as long as it still fails; the last line
    is the command that shows the smallest run.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const sim_config_t whole = {
    .faults = SIM_ALL,
    .steps = 20,
    .processes = 3,
    .links = 2,
};

static bool fails (const sim_config_t *config)
{
    sim_result_t result;
    sim_run (config, &result);
    return !result.good;
}

//  Tries a smaller run; keeps it when it fails as well.
static bool try (sim_config_t *config, const sim_config_t *smaller)
{
    if (!fails (smaller))
        return false;
    *config = *smaller;
    return true;
}

static void shrink (sim_config_t *config)
{
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (unsigned i = 0; i < SIM_FAULTS; i++) {
            sim_config_t fewer = *config;
            fewer.faults &= ~(1u << i);
            if (fewer.faults != config->faults)
                smaller |= try (config, &fewer);
        }
        sim_config_t less = *config;
        if (less.links > 1 && less.links--)
            smaller |= try (config, &less);
        less = *config;
        if (less.processes > 1 && less.processes--)
            smaller |= try (config, &less);
        for (unsigned steps = 1; steps < config->steps; steps++) {
            less = *config;
            less.steps = steps;
            if (try (config, &less)) {
                smaller = true;
                break;
            }
        }
    }
}

static void print_command (const sim_config_t *config)
{
    printf ("weir-sim --seed %" PRIu64
            " --faults %u --steps %u --processes %u --links %u\n",
            config->seed, config->faults, config->steps, config->processes,
            config->links);
}

static double now_s (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static int run_seeds (const sim_config_t *base, uint64_t first, uint64_t last)
{
    sim_result_t sum = {0};
    double begin_s = now_s ();
    uint64_t done = 0;
    for (uint64_t seed = first; seed <= last; seed++, done++) {
        sim_config_t config = *base;
        sim_result_t result;
        config.seed = seed;
        sim_run (&config, &result);
        if (!result.good) {
            printf ("seed %" PRIu64 " fails: %s\n", seed, result.cause);
            fflush (stdout);
            shrink (&config);
            sim_run (&config, &result);
            printf ("the smallest run that fails: %s\n", result.cause);
            print_command (&config);
            return EXIT_FAILURE;
        }
        sum.events += result.events;
        sum.operations += result.operations;
        sum.entries += result.entries;
        sum.fault_count += result.fault_count;
    }
    double took_s = now_s () - begin_s;
    printf ("%" PRIu64 " seeds, %" PRIu64 " events, %" PRIu64
            " operations witnessed, %" PRIu64 " entries, %" PRIu64
            " faults, no violation; %.1f s, %.0f seeds/s, %.0f events/s\n",
            done, sum.events, sum.operations, sum.entries, sum.fault_count,
            took_s, (double) done / took_s, (double) sum.events / took_s);
    return EXIT_SUCCESS;
}

enum { SOAK_SEEDS = 1000 };

//  Where the last soak stopped.
static uint64_t load_seed (const char *path)
{
    unsigned long long seed = 0;
    FILE *file = fopen (path, "r");
    if (!file || fscanf (file, "%llu", &seed) != 1)
        seed = (unsigned long long) time (NULL) * SOAK_SEEDS;
    if (file)
        fclose (file);
    return seed;
}

static int soak (const sim_config_t *base, const char *path, unsigned seconds)
{
    double end_s = now_s () + seconds;
    uint64_t seed = load_seed (path);
    printf ("from seed %" PRIu64 "\n", seed);
    int rc = EXIT_SUCCESS;
    while (rc == EXIT_SUCCESS && now_s () < end_s) {
        rc = run_seeds (base, seed, seed + SOAK_SEEDS - 1);
        seed += SOAK_SEEDS;
        FILE *file = fopen (path, "w");
        if (!file || fprintf (file, "%" PRIu64 "\n", seed) < 0 ||
            fclose (file) != 0) {
            perror (path);
            return EXIT_FAILURE;
        }
        fflush (stdout);
    }
    return rc;
}

static int usage (void)
{
    fputs ("usage: weir-sim --seed N | --seeds A..B [--faults N] [--steps N]\n"
           "                [--processes N] [--links N]\n"
           "       weir-sim --soak FILE [--seconds N]\n",
           stderr);
    return 2;
}

int main (int argc, char **argv)
{
    sim_config_t config = whole;
    uint64_t first = 1, last = 0;
    const char *soak_path = NULL;
    unsigned seconds = 60;
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *value = argv [i + 1];
        char *rest;
        uint64_t number = strtoull (value, &rest, 10);
        if (strcmp (argv [i], "--seed") == 0) {
            first = last = number;
            config.trace = true;
        } else if (strcmp (argv [i], "--seeds") == 0 &&
                   strncmp (rest, "..", 2) == 0) {
            first = number;
            last = strtoull (rest + 2, NULL, 10);
        } else if (strcmp (argv [i], "--faults") == 0)
            config.faults = (unsigned) number;
        else if (strcmp (argv [i], "--steps") == 0)
            config.steps = (unsigned) number;
        else if (strcmp (argv [i], "--processes") == 0)
            config.processes = (unsigned) number;
        else if (strcmp (argv [i], "--links") == 0)
            config.links = (unsigned) number;
        else
            return usage ();
    }
    if (soak_path && argc % 2 == 1)
        return soak (&config, soak_path, seconds);
    if (last < first || argc % 2 == 0 || config.processes < 1 ||
        config.processes > SIM_PROCESSES / 2 || config.links < 1 ||
        config.links > SIM_LINKS)
        return usage ();
    return run_seeds (&config, first, last);
}
