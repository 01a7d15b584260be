using System.Globalization;

namespace Promises.StateStores;

/// <summary>Tells a full disk from other troubles with files, and which disk it is.</summary>
public static class DiskSpace
{
    private const int NoSpace = 28, FileTooLarge = 27, QuotaExceeded = 122;

    public static bool IsFull(IOException failure) => failure.HResult is NoSpace or FileTooLarge or QuotaExceeded;

    /// <summary>As a sentence: what is left where a directory lies.</summary>
    public static string Describe(string directory)
    {
        try
        {
            var disk = new DriveInfo(directory);
            return string.Create(CultureInfo.InvariantCulture, $"The disk of {directory} has {Megabytes(disk.AvailableFreeSpace)} MB left of {Megabytes(disk.TotalSize)}.");
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"It is the disk of {directory}.";
        }
    }

    private static double Megabytes(long bytes) => Math.Round(bytes / 1_000_000.0, 1);
}
