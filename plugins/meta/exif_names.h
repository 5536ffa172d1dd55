/* SPDX-License-Identifier: MIT */
/* What the numbers of EXIF's enumerations mean: EXIF 3.0 (CIPA DC-008), section 4.6; TIFF 6.0 for compression and pixels. */
#ifndef META_EXIF_NAMES_H
#define META_EXIF_NAMES_H

#include <adit/tag.h>

/* clang-format off */
#define N(number, name) {number, 0, name},

static const struct adit_tag compressions[] = {
    N(1, "Uncompressed") N(2, "CCITT 1D") N(3, "T4/Group 3 fax") N(4, "T6/Group 4 fax") N(5, "LZW")
    N(6, "JPEG (old style)") N(7, "JPEG") N(8, "Deflate") N(32773, "PackBits") N(34892, "Lossy JPEG")
};
static const struct adit_tag photometric[] = {
    N(0, "WhiteIsZero") N(1, "BlackIsZero") N(2, "RGB") N(3, "RGB palette") N(4, "Transparency mask") N(5, "CMYK")
    N(6, "YCbCr") N(8, "CIELab") N(32803, "Color filter array") N(34892, "Linear raw")
};
/* 4.6.4: which sides of the scene the 0th row and the 0th column are; in words: what turns it upright. */
static const struct adit_tag orientations[] = {
    N(1, "Horizontal (normal)") N(2, "Mirror horizontal") N(3, "Rotate 180") N(4, "Mirror vertical")
    N(5, "Mirror horizontal and rotate 270 CW") N(6, "Rotate 90 CW") N(7, "Mirror horizontal and rotate 90 CW")
    N(8, "Rotate 270 CW")
};
static const struct adit_tag planar[] = {N(1, "Chunky") N(2, "Planar")};
static const struct adit_tag resolution_units[] = {N(1, "None") N(2, "inches") N(3, "cm")};
static const struct adit_tag focal_units[] = {N(1, "None") N(2, "inches") N(3, "cm") N(4, "mm") N(5, "um")};
static const struct adit_tag positionings[] = {N(1, "Centered") N(2, "Co-sited")};
static const struct adit_tag programs[] = {
    N(0, "Not defined") N(1, "Manual") N(2, "Normal program") N(3, "Aperture priority") N(4, "Shutter priority")
    N(5, "Creative program") N(6, "Action program") N(7, "Portrait mode") N(8, "Landscape mode") N(9, "Bulb")
};
static const struct adit_tag sensitivity_types[] = {
    N(0, "Unknown") N(1, "Standard output sensitivity") N(2, "Recommended exposure index") N(3, "ISO speed")
    N(4, "Standard output sensitivity and recommended exposure index") N(5, "Standard output sensitivity and ISO speed")
    N(6, "Recommended exposure index and ISO speed")
    N(7, "Standard output sensitivity, recommended exposure index and ISO speed")
};
static const struct adit_tag meterings[] = {
    N(0, "Unknown") N(1, "Average") N(2, "Center-weighted average") N(3, "Spot") N(4, "Multi-spot") N(5, "Pattern")
    N(6, "Partial") N(255, "Other")
};
static const struct adit_tag lights[] = {
    N(0, "Unknown") N(1, "Daylight") N(2, "Fluorescent") N(3, "Tungsten (incandescent)") N(4, "Flash")
    N(9, "Fine weather") N(10, "Cloudy") N(11, "Shade") N(12, "Daylight fluorescent") N(13, "Day white fluorescent")
    N(14, "Cool white fluorescent") N(15, "White fluorescent") N(16, "Warm white fluorescent")
    N(17, "Standard light A") N(18, "Standard light B") N(19, "Standard light C") N(20, "D55") N(21, "D65") N(22, "D75")
    N(23, "D50") N(24, "ISO studio tungsten") N(255, "Other")
};
static const struct adit_tag flashes[] = {
    N(0x00, "Did not fire") N(0x01, "Fired") N(0x05, "Fired, return not detected") N(0x07, "Fired, return detected")
    N(0x08, "On, did not fire") N(0x09, "On, fired") N(0x0d, "On, return not detected") N(0x0f, "On, return detected")
    N(0x10, "Off, did not fire") N(0x14, "Off, did not fire, return not detected") N(0x18, "Auto, did not fire")
    N(0x19, "Auto, fired") N(0x1d, "Auto, fired, return not detected") N(0x1f, "Auto, fired, return detected")
    N(0x20, "No flash function") N(0x30, "Off, no flash function") N(0x41, "Fired, red-eye reduction")
    N(0x45, "Fired, red-eye reduction, return not detected") N(0x47, "Fired, red-eye reduction, return detected")
    N(0x49, "On, red-eye reduction") N(0x4d, "On, red-eye reduction, return not detected")
    N(0x4f, "On, red-eye reduction, return detected") N(0x50, "Off, red-eye reduction")
    N(0x58, "Auto, did not fire, red-eye reduction") N(0x59, "Auto, fired, red-eye reduction")
    N(0x5d, "Auto, fired, red-eye reduction, return not detected")
    N(0x5f, "Auto, fired, red-eye reduction, return detected")
};
static const struct adit_tag color_spaces[] = {N(1, "sRGB") N(2, "Adobe RGB (not standard)") N(65535, "Uncalibrated")};
static const struct adit_tag sensors[] = {
    N(1, "Not defined") N(2, "One-chip color area") N(3, "Two-chip color area") N(4, "Three-chip color area")
    N(5, "Color sequential area") N(7, "Trilinear") N(8, "Color sequential linear")
};
static const struct adit_tag file_sources[] = {
    N(0, "Other") N(1, "Transparent scanner") N(2, "Reflection print scanner") N(3, "Digital camera")
};
static const struct adit_tag scene_types[] = {N(1, "Directly photographed")};
static const struct adit_tag renderings[] = {N(0, "Normal") N(1, "Custom")};
static const struct adit_tag exposure_modes[] = {N(0, "Auto") N(1, "Manual") N(2, "Auto bracket")};
static const struct adit_tag white_balances[] = {N(0, "Auto") N(1, "Manual")};
static const struct adit_tag capture_types[] = {N(0, "Standard") N(1, "Landscape") N(2, "Portrait") N(3, "Night scene")};
static const struct adit_tag gains[] = {
    N(0, "None") N(1, "Low gain up") N(2, "High gain up") N(3, "Low gain down") N(4, "High gain down")
};
static const struct adit_tag softness[] = {N(0, "Normal") N(1, "Soft") N(2, "Hard")};
static const struct adit_tag saturations[] = {N(0, "Normal") N(1, "Low") N(2, "High")};
static const struct adit_tag ranges[] = {N(0, "Unknown") N(1, "Macro") N(2, "Close") N(3, "Distant")};
static const struct adit_tag composites[] = {
    N(0, "Unknown") N(1, "Not a composite image") N(2, "General composite image")
    N(3, "Composite image captured while shooting")
};
static const struct adit_tag altitude_refs[] = {
    N(0, "Above sea level") N(1, "Below sea level") N(2, "Above the ellipsoid") N(3, "Below the ellipsoid")
};
static const struct adit_tag differentials[] = {N(0, "No correction") N(1, "Differential corrected")};
static const struct adit_tag statuses[] = {N('A', "Measurement active") N('V', "Measurement void")};
static const struct adit_tag measure_modes[] = {N('2', "2-dimensional") N('3', "3-dimensional")};
static const struct adit_tag speed_units[] = {N('K', "km/h") N('M', "mph") N('N', "knots")};
static const struct adit_tag distance_units[] = {N('K', "kilometers") N('M', "miles") N('N', "nautical miles")};
static const struct adit_tag directions[] = {N('M', "Magnetic north") N('T', "True north")};
#undef N
/* clang-format on */

/* Which table the names of a field are in. */
struct exif_enumeration {
    const char *field;
    const struct adit_tag *names;
    size_t count;
};
static const struct exif_enumeration exif_enumerations[] = {
    {"Compression", ADIT_TAGS(compressions)},
    {"PhotometricInterpretation", ADIT_TAGS(photometric)},
    {"Orientation", ADIT_TAGS(orientations)},
    {"PlanarConfiguration", ADIT_TAGS(planar)},
    {"ResolutionUnit", ADIT_TAGS(resolution_units)},
    {"YCbCrPositioning", ADIT_TAGS(positionings)},
    {"ExposureProgram", ADIT_TAGS(programs)},
    {"SensitivityType", ADIT_TAGS(sensitivity_types)},
    {"MeteringMode", ADIT_TAGS(meterings)},
    {"LightSource", ADIT_TAGS(lights)},
    {"Flash", ADIT_TAGS(flashes)},
    {"ColorSpace", ADIT_TAGS(color_spaces)},
    {"FocalPlaneResolutionUnit", ADIT_TAGS(focal_units)},
    {"SensingMethod", ADIT_TAGS(sensors)},
    {"FileSource", ADIT_TAGS(file_sources)},
    {"SceneType", ADIT_TAGS(scene_types)},
    {"CustomRendered", ADIT_TAGS(renderings)},
    {"ExposureMode", ADIT_TAGS(exposure_modes)},
    {"WhiteBalance", ADIT_TAGS(white_balances)},
    {"SceneCaptureType", ADIT_TAGS(capture_types)},
    {"GainControl", ADIT_TAGS(gains)},
    {"Contrast", ADIT_TAGS(softness)},
    {"Saturation", ADIT_TAGS(saturations)},
    {"Sharpness", ADIT_TAGS(softness)},
    {"SubjectDistanceRange", ADIT_TAGS(ranges)},
    {"CompositeImage", ADIT_TAGS(composites)},
    {"GPSAltitudeRef", ADIT_TAGS(altitude_refs)},
    {"GPSStatus", ADIT_TAGS(statuses)},
    {"GPSMeasureMode", ADIT_TAGS(measure_modes)},
    {"GPSSpeedRef", ADIT_TAGS(speed_units)},
    {"GPSTrackRef", ADIT_TAGS(directions)},
    {"GPSImgDirectionRef", ADIT_TAGS(directions)},
    {"GPSDestBearingRef", ADIT_TAGS(directions)},
    {"GPSDestDistanceRef", ADIT_TAGS(distance_units)},
    {"GPSDifferential", ADIT_TAGS(differentials)},
};

#endif
