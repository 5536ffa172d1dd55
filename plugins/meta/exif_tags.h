/* SPDX-License-Identifier: MIT */
/*
 * The tags of EXIF 2.32 and 3.0 (CIPA DC-008), section 4.6, and those of others that cameras write into the same
 * directories (Microsoft's XP… and Rating, Adobe's XMP and IPTC). One line a tag, sorted by number:
 *
 *     T(number, FORM, Name, "unit", "description")
 *
 * scripts/exif-fields writes the [fields] of conf.d/meta/exif.conf from these lines.
 */
#ifndef META_EXIF_TAGS_H
#define META_EXIF_TAGS_H

#include <adit/tag.h>

/* How a tag's value is emitted. */
enum exif_form {
    FORM_TEXT = 1, /* string: ASCII or UTF-8 up to the first NUL, without the spaces at its end */
    FORM_U16,
    FORM_U32,
    FORM_ENUM,       /* u16, and its name from the table of the same number under names */
    FORM_ASCII_ENUM, /* string of one letter, and its name */
    FORM_F64,        /* RATIONAL or SRATIONAL, divided */
    FORM_U8_LIST,
    FORM_U16_LIST,
    FORM_U32_LIST,
    FORM_F64_LIST,
    FORM_BYTES,
    FORM_VERSION,   /* string: "0232" */
    FORM_DOTTED,    /* string: bytes 2 3 0 0 are "2.3.0.0" */
    FORM_COMMENT,   /* string: eight bytes name the charset (4.6.5, UserComment) */
    FORM_XP,        /* string: UTF-16LE in BYTEs (Microsoft) */
    FORM_COPYRIGHT, /* two strings: photographer's NUL editor's NUL */
    FORM_TIME,      /* time: emitted when the offset and the fraction of a second are known */
    FORM_OFFSET,    /* string, and part of a time */
    FORM_SUBSEC,    /* string, and part of a time */
    FORM_DEGREES,   /* f64: three rationals, and the sign of the letter before it */
    FORM_ALTITUDE,  /* f64: negative below the reference */
    FORM_DATE,      /* time: a day (GPSDateStamp) */
    FORM_POINTER,   /* the offset of another directory */
    FORM_STREAM,    /* bytes in a format of their own */
    FORM_IGNORE,    /* says nothing about the picture: padding, editors' bookkeeping */
};

/* clang-format off */
#define T(number, form, name, unit, description) {number, FORM_##form, #name},

/* 0th and 1st directory: TIFF 6.0 and EXIF 4.6.4. */
static const struct adit_tag tiff_tags[] = {
    T(0x000b, TEXT, ProcessingSoftware, "", "Software that processed the picture (ACD Systems)")
    T(0x00fe, U32, NewSubfileType, "", "Kind of this image: bit 0 reduced, bit 1 page, bit 2 mask")
    T(0x0100, U32, ImageWidth, "px", "Columns of image data")
    T(0x0101, U32, ImageLength, "px", "Rows of image data")
    T(0x0102, U16_LIST, BitsPerSample, "bits", "Bits of each component")
    T(0x0103, ENUM, Compression, "", "Compression scheme")
    T(0x0106, ENUM, PhotometricInterpretation, "", "Pixel composition")
    T(0x010d, TEXT, DocumentName, "", "Name of the document that was scanned")
    T(0x010e, TEXT, ImageDescription, "", "Title or description of the picture")
    T(0x010f, TEXT, Make, "", "Manufacturer of the camera or scanner")
    T(0x0110, TEXT, Model, "", "Model of the camera or scanner")
    T(0x0111, U32_LIST, StripOffsets, "bytes", "Where the strips of image data are")
    T(0x0112, ENUM, Orientation, "", "Which sides the 0th row and column are")
    T(0x0115, U16, SamplesPerPixel, "", "Components of a pixel")
    T(0x0116, U32, RowsPerStrip, "px", "Rows in a strip")
    T(0x0117, U32_LIST, StripByteCounts, "bytes", "Bytes of each strip")
    T(0x011a, F64, XResolution, "", "Pixels per ResolutionUnit, across")
    T(0x011b, F64, YResolution, "", "Pixels per ResolutionUnit, down")
    T(0x011c, ENUM, PlanarConfiguration, "", "Are components together or in planes")
    T(0x011d, TEXT, PageName, "", "Name of the page that was scanned")
    T(0x0128, ENUM, ResolutionUnit, "", "Unit of XResolution and YResolution")
    T(0x0129, U16_LIST, PageNumber, "", "Number of the page, number of pages")
    T(0x012d, BYTES, TransferFunction, "", "Transfer function: a table of 3 * 256 SHORTs")
    T(0x0131, TEXT, Software, "", "Firmware or software that made the picture")
    T(0x0132, TIME, DateTime, "", "When the file was last changed, with SubSecTime and OffsetTime")
    T(0x013b, TEXT, Artist, "", "Who made the picture")
    T(0x013c, TEXT, HostComputer, "", "Computer on which the picture was made")
    T(0x013e, F64_LIST, WhitePoint, "", "Chromaticity of the white point: x, y")
    T(0x013f, F64_LIST, PrimaryChromaticities, "", "Chromaticities of the primaries: x, y of R, G, B")
    T(0x014a, U32_LIST, SubIFDs, "bytes", "Where further directories are")
    T(0x0201, U32, JPEGInterchangeFormat, "bytes", "Where the thumbnail is, from the TIFF header")
    T(0x0202, U32, JPEGInterchangeFormatLength, "bytes", "Bytes of the thumbnail")
    T(0x0211, F64_LIST, YCbCrCoefficients, "", "Matrix from RGB to YCbCr")
    T(0x0212, U16_LIST, YCbCrSubSampling, "", "Sampling of the chrominance: across, down")
    T(0x0213, ENUM, YCbCrPositioning, "", "Where chrominance samples lie")
    T(0x0214, F64_LIST, ReferenceBlackWhite, "", "Reference black and white of each component")
    T(0x02bc, STREAM, XMP, "", "XMP packet")
    T(0x1001, U32, RelatedImageWidth, "px", "Width of the related image (DCF)")
    T(0x1002, U32, RelatedImageLength, "px", "Height of the related image (DCF)")
    T(0x4746, U16, Rating, "", "Stars, 0 to 5 (Microsoft)")
    T(0x4749, U16, RatingPercent, "%", "Rating in percent (Microsoft)")
    T(0x8298, COPYRIGHT, Copyright, "", "Copyright of the photographer")
    T(0x83bb, STREAM, IPTC-NAA, "", "IPTC record")
    T(0x8649, STREAM, ImageResources, "", "Photoshop image resources")
    T(0x8769, POINTER, ExifIFD, "", "")
    T(0x8773, STREAM, InterColorProfile, "", "ICC profile")
    T(0x8825, POINTER, GPSInfoIFD, "", "")
    T(0x9216, DOTTED, TIFFEPStandardID, "", "Version of TIFF/EP (ISO 12234-2)")
    T(0x9c9b, XP, XPTitle, "", "Title (Microsoft)")
    T(0x9c9c, XP, XPComment, "", "Comment (Microsoft)")
    T(0x9c9d, XP, XPAuthor, "", "Author (Microsoft)")
    T(0x9c9e, XP, XPKeywords, "", "Keywords, separated by semicolons (Microsoft)")
    T(0x9c9f, XP, XPSubject, "", "Subject (Microsoft)")
    T(0xc4a5, BYTES, PrintImageMatching, "", "Print Image Matching data (Epson)")
    T(0xea1c, IGNORE, Padding, "", "")
    T(0xea1d, IGNORE, OffsetSchema, "", "")
};

/* The Exif directory: 4.6.5. */
static const struct adit_tag exif_tags[] = {
    T(0x829a, F64, ExposureTime, "s", "Exposure time")
    T(0x829d, F64, FNumber, "", "F number")
    T(0x8822, ENUM, ExposureProgram, "", "Class of the program that set the exposure")
    T(0x8824, TEXT, SpectralSensitivity, "", "Spectral sensitivity of each channel (ASTM)")
    T(0x8827, U16_LIST, PhotographicSensitivity, "", "ISO sensitivity; 65535: that or more, see the tags of SensitivityType")
    T(0x8828, BYTES, OECF, "", "Opto-electric conversion function (ISO 14524)")
    T(0x882a, U16_LIST, TimeZoneOffset, "h", "Hours from UTC, of DateTimeOriginal and DateTime (TIFF/EP)")
    T(0x8830, ENUM, SensitivityType, "", "Which ISO parameter PhotographicSensitivity is")
    T(0x8831, U32, StandardOutputSensitivity, "", "Standard output sensitivity (ISO 12232)")
    T(0x8832, U32, RecommendedExposureIndex, "", "Recommended exposure index (ISO 12232)")
    T(0x8833, U32, ISOSpeed, "", "ISO speed (ISO 12232)")
    T(0x8834, U32, ISOSpeedLatitudeyyy, "", "ISO speed latitude yyy")
    T(0x8835, U32, ISOSpeedLatitudezzz, "", "ISO speed latitude zzz")
    T(0x9000, VERSION, ExifVersion, "", "Version of EXIF: 0232 is 2.32")
    T(0x9003, TIME, DateTimeOriginal, "", "When the picture was taken, with SubSecTimeOriginal and OffsetTimeOriginal")
    T(0x9004, TIME, DateTimeDigitized, "", "When it was made digital, with SubSecTimeDigitized and OffsetTimeDigitized")
    T(0x9010, OFFSET, OffsetTime, "", "Zone of DateTime, as written")
    T(0x9011, OFFSET, OffsetTimeOriginal, "", "Zone of DateTimeOriginal, as written")
    T(0x9012, OFFSET, OffsetTimeDigitized, "", "Zone of DateTimeDigitized, as written")
    T(0x9101, U8_LIST, ComponentsConfiguration, "", "Components in order: 1 Y, 2 Cb, 3 Cr, 4 R, 5 G, 6 B, 0 none")
    T(0x9102, F64, CompressedBitsPerPixel, "bits", "Compressed bits a pixel")
    T(0x9201, F64, ShutterSpeedValue, "", "Shutter speed (APEX)")
    T(0x9202, F64, ApertureValue, "", "Aperture (APEX)")
    T(0x9203, F64, BrightnessValue, "", "Brightness (APEX)")
    T(0x9204, F64, ExposureBiasValue, "", "Exposure compensation (APEX)")
    T(0x9205, F64, MaxApertureValue, "", "Smallest F number of the lens (APEX)")
    T(0x9206, F64, SubjectDistance, "m", "Distance to the subject")
    T(0x9207, ENUM, MeteringMode, "", "Metering mode")
    T(0x9208, ENUM, LightSource, "", "Kind of light source")
    T(0x9209, ENUM, Flash, "", "Flash: bit 0 fired, 1-2 return, 3-4 mode, 5 absent, 6 red-eye reduction")
    T(0x920a, F64, FocalLength, "mm", "Focal length of the lens, as it is")
    T(0x9214, U16_LIST, SubjectArea, "px", "Subject: x, y; x, y, diameter; or x, y, width, height")
    T(0x927c, STREAM, MakerNote, "", "The manufacturer's own data")
    T(0x9286, COMMENT, UserComment, "", "Comment of the user")
    T(0x9290, SUBSEC, SubSecTime, "", "Fraction of a second of DateTime, as written")
    T(0x9291, SUBSEC, SubSecTimeOriginal, "", "Fraction of a second of DateTimeOriginal, as written")
    T(0x9292, SUBSEC, SubSecTimeDigitized, "", "Fraction of a second of DateTimeDigitized, as written")
    T(0x9400, F64, Temperature, "°C", "Ambient temperature")
    T(0x9401, F64, Humidity, "%", "Ambient humidity")
    T(0x9402, F64, Pressure, "hPa", "Pressure of air or water")
    T(0x9403, F64, WaterDepth, "m", "Depth under water")
    T(0x9404, F64, Acceleration, "mGal", "Acceleration of the camera")
    T(0x9405, F64, CameraElevationAngle, "deg", "Elevation of the lens' axis")
    T(0xa000, VERSION, FlashpixVersion, "", "Version of Flashpix: 0100 is 1.0")
    T(0xa001, ENUM, ColorSpace, "", "Colour space")
    T(0xa002, U32, PixelXDimension, "px", "Width of the meaningful picture")
    T(0xa003, U32, PixelYDimension, "px", "Height of the meaningful picture")
    T(0xa004, TEXT, RelatedSoundFile, "", "Name of the sound file that belongs to it")
    T(0xa005, POINTER, InteroperabilityIFD, "", "")
    T(0xa20b, F64, FlashEnergy, "BCPS", "Strobe energy")
    T(0xa20c, BYTES, SpatialFrequencyResponse, "", "Spatial frequency response (ISO 12233)")
    T(0xa20e, F64, FocalPlaneXResolution, "", "Pixels per FocalPlaneResolutionUnit, across")
    T(0xa20f, F64, FocalPlaneYResolution, "", "Pixels per FocalPlaneResolutionUnit, down")
    T(0xa210, ENUM, FocalPlaneResolutionUnit, "", "Unit of the focal plane's resolution")
    T(0xa214, U16_LIST, SubjectLocation, "px", "Middle of the subject: x, y")
    T(0xa215, F64, ExposureIndex, "", "Exposure index set on the camera")
    T(0xa217, ENUM, SensingMethod, "", "Kind of sensor")
    T(0xa300, ENUM, FileSource, "", "Kind of device")
    T(0xa301, ENUM, SceneType, "", "Kind of scene")
    T(0xa302, BYTES, CFAPattern, "", "Pattern of the colour filter array")
    T(0xa401, ENUM, CustomRendered, "", "Was it processed in a special way")
    T(0xa402, ENUM, ExposureMode, "", "Exposure mode")
    T(0xa403, ENUM, WhiteBalance, "", "White balance mode")
    T(0xa404, F64, DigitalZoomRatio, "", "Digital zoom; 0: not used")
    T(0xa405, U16, FocalLengthIn35mmFilm, "mm", "Focal length of a 35 mm film camera; 0: not known")
    T(0xa406, ENUM, SceneCaptureType, "", "Kind of scene that was set")
    T(0xa407, ENUM, GainControl, "", "Gain adjustment")
    T(0xa408, ENUM, Contrast, "", "Contrast processing")
    T(0xa409, ENUM, Saturation, "", "Saturation processing")
    T(0xa40a, ENUM, Sharpness, "", "Sharpness processing")
    T(0xa40b, BYTES, DeviceSettingDescription, "", "Settings of the camera")
    T(0xa40c, ENUM, SubjectDistanceRange, "", "Range of the distance to the subject")
    T(0xa420, TEXT, ImageUniqueID, "", "Identifier of the picture, 32 hexadecimal digits")
    T(0xa430, TEXT, CameraOwnerName, "", "Owner of the camera")
    T(0xa431, TEXT, BodySerialNumber, "", "Serial number of the camera's body")
    T(0xa432, F64_LIST, LensSpecification, "", "Shortest and longest focal length (mm), smallest F number at each; NaN: unknown")
    T(0xa433, TEXT, LensMake, "", "Manufacturer of the lens")
    T(0xa434, TEXT, LensModel, "", "Model of the lens")
    T(0xa435, TEXT, LensSerialNumber, "", "Serial number of the lens")
    T(0xa436, TEXT, ImageTitle, "", "Title of the picture")
    T(0xa437, TEXT, Photographer, "", "Who took the picture")
    T(0xa438, TEXT, ImageEditor, "", "Who edited the picture")
    T(0xa439, TEXT, CameraFirmware, "", "Name and version of the camera's firmware")
    T(0xa43a, TEXT, RAWDevelopingSoftware, "", "Name and version of the raw developing software")
    T(0xa43b, TEXT, ImageEditingSoftware, "", "Name and version of the editing software")
    T(0xa43c, TEXT, MetadataEditingSoftware, "", "Name and version of the metadata editing software")
    T(0xa460, ENUM, CompositeImage, "", "Is it a composite of several exposures")
    T(0xa461, U16_LIST, SourceImageNumberOfCompositeImage, "", "Pictures taken for it, pictures used")
    T(0xa462, BYTES, SourceExposureTimesOfCompositeImage, "", "Exposure times of its sources")
    T(0xa500, F64, Gamma, "", "Gamma coefficient")
    T(0xea1c, IGNORE, Padding, "", "")
    T(0xea1d, IGNORE, OffsetSchema, "", "")
};

/* The GPS directory: 4.6.6. */
static const struct adit_tag gps_tags[] = {
    T(0x0000, DOTTED, GPSVersionID, "", "Version of the GPS directory")
    T(0x0001, TEXT, GPSLatitudeRef, "", "N or S")
    T(0x0002, DEGREES, GPSLatitude, "deg", "Latitude, positive to the north")
    T(0x0003, TEXT, GPSLongitudeRef, "", "E or W")
    T(0x0004, DEGREES, GPSLongitude, "deg", "Longitude, positive to the east")
    T(0x0005, ENUM, GPSAltitudeRef, "", "Reference of the altitude")
    T(0x0006, ALTITUDE, GPSAltitude, "m", "Altitude, negative below the reference")
    T(0x0007, F64_LIST, GPSTimeStamp, "", "Hour, minute and second, UTC")
    T(0x0008, TEXT, GPSSatellites, "", "Satellites used")
    T(0x0009, ASCII_ENUM, GPSStatus, "", "State of the receiver")
    T(0x000a, ASCII_ENUM, GPSMeasureMode, "", "Dimensions measured")
    T(0x000b, F64, GPSDOP, "", "Dilution of precision")
    T(0x000c, ASCII_ENUM, GPSSpeedRef, "", "Unit of the speed")
    T(0x000d, F64, GPSSpeed, "", "Speed of the receiver, in the unit of GPSSpeedRef")
    T(0x000e, ASCII_ENUM, GPSTrackRef, "", "Reference of the direction of movement")
    T(0x000f, F64, GPSTrack, "deg", "Direction of movement")
    T(0x0010, ASCII_ENUM, GPSImgDirectionRef, "", "Reference of the direction of the picture")
    T(0x0011, F64, GPSImgDirection, "deg", "Direction of the picture")
    T(0x0012, TEXT, GPSMapDatum, "", "Geodetic survey data")
    T(0x0013, TEXT, GPSDestLatitudeRef, "", "N or S")
    T(0x0014, DEGREES, GPSDestLatitude, "deg", "Latitude of the destination, positive to the north")
    T(0x0015, TEXT, GPSDestLongitudeRef, "", "E or W")
    T(0x0016, DEGREES, GPSDestLongitude, "deg", "Longitude of the destination, positive to the east")
    T(0x0017, ASCII_ENUM, GPSDestBearingRef, "", "Reference of the bearing of the destination")
    T(0x0018, F64, GPSDestBearing, "deg", "Bearing of the destination")
    T(0x0019, ASCII_ENUM, GPSDestDistanceRef, "", "Unit of the distance to the destination")
    T(0x001a, F64, GPSDestDistance, "", "Distance to the destination, in the unit of GPSDestDistanceRef")
    T(0x001b, COMMENT, GPSProcessingMethod, "", "Method of the position fix")
    T(0x001c, COMMENT, GPSAreaInformation, "", "Name of the area")
    T(0x001d, DATE, GPSDateStamp, "", "Day, UTC")
    T(0x001e, ENUM, GPSDifferential, "", "Is differential correction applied")
    T(0x001f, F64, GPSHPositioningError, "m", "Horizontal positioning error")
};

/* The interoperability directory: 4.6.7, DCF 2.0. */
static const struct adit_tag interop_tags[] = {
    T(0x0001, TEXT, InteroperabilityIndex, "", "R98: DCF basic file; R03: DCF option file; THM: DCF thumbnail file")
    T(0x0002, VERSION, InteroperabilityVersion, "", "Version of the interoperability rules")
    T(0x1000, TEXT, RelatedImageFileFormat, "", "Format of the related image file")
    T(0x1001, U32, RelatedImageWidth, "px", "Width of the related image")
    T(0x1002, U32, RelatedImageLength, "px", "Height of the related image")
};
#undef T
/* clang-format on */

#endif
